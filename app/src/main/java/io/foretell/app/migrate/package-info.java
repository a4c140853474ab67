/** Moves an installation between its embedded and its distributed shape, counted and verified. */
@NullMarked
package io.foretell.app.migrate;

import org.jspecify.annotations.NullMarked;
