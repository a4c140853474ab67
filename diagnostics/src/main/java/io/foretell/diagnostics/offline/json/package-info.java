/** Decodes recorded input offline: lines of JSON or candump in, lines of JSON out. */
@NullMarked
package io.foretell.diagnostics.offline.json;

import org.jspecify.annotations.NullMarked;
