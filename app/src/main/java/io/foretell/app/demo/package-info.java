/** The whole loop on recorded input. */
@NullMarked
package io.foretell.app.demo;

import org.jspecify.annotations.NullMarked;
