/** A server as a whole, seen by the devices, programs and people outside of it. */
@NullMarked
package io.foretell.app.journey;

import org.jspecify.annotations.NullMarked;
