/** The one place where stages meet. */
@NullMarked
package io.foretell.app;

import org.jspecify.annotations.NullMarked;
