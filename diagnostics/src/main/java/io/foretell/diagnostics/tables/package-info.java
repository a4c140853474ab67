/** Makers' own fault codes by declarative tables: bits or values of a register to codes. */
@NullMarked
package io.foretell.diagnostics.tables;

import org.jspecify.annotations.NullMarked;
