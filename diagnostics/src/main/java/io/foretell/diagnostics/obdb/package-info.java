/** Reads the answers of control units into signals, by the signal sets of OBDb. */
@NullMarked
package io.foretell.diagnostics.obdb;

import org.jspecify.annotations.NullMarked;
