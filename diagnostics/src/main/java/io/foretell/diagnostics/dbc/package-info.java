/** Reads DBC files and decodes the signals of CAN frames by them. */
@NullMarked
package io.foretell.diagnostics.dbc;

import org.jspecify.annotations.NullMarked;
