/** Drift: signals that leave the level they used to have, and stay away. */
@NullMarked
package io.foretell.diagnostics.drift;

import org.jspecify.annotations.NullMarked;
