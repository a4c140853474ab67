/** An installation that moves from one shape to the other. */
@NullMarked
package io.foretell.app.migrate;

import org.jspecify.annotations.NullMarked;
