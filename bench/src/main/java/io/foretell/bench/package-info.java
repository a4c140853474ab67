/** Measures against peers and limits; never shipped. */
@NullMarked
package io.foretell.bench;

import org.jspecify.annotations.NullMarked;
