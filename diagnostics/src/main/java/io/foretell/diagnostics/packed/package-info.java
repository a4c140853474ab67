/** The packed binary form in which state and models are kept. */
@NullMarked
package io.foretell.diagnostics.packed;

import org.jspecify.annotations.NullMarked;
