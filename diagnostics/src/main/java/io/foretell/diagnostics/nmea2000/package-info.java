/** Puts NMEA 2000 fast-packet messages together. */
@NullMarked
package io.foretell.diagnostics.nmea2000;

import org.jspecify.annotations.NullMarked;
