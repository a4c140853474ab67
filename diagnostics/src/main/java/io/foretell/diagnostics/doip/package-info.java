/** Reads messages of diagnostics over IP, ISO 13400-2. */
@NullMarked
package io.foretell.diagnostics.doip;

import org.jspecify.annotations.NullMarked;
