/** The HTTP API, the console's files and the events, on Vert.x. */
@NullMarked
package io.foretell.app.http;

import org.jspecify.annotations.NullMarked;
