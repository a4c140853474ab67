/** The public HTTP API as a program uses it: the command line and the demo. */
@NullMarked
package io.foretell.app.client;

import org.jspecify.annotations.NullMarked;
