/** The web console, as a person meets it in a browser. */
@NullMarked
package io.foretell.app.console;

import org.jspecify.annotations.NullMarked;
