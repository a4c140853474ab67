/** Reads decoder manifests from JSON files. */
@NullMarked
package io.foretell.diagnostics.signals.json;

import org.jspecify.annotations.NullMarked;
