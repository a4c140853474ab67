/** Changes the device's own software: verified by TUF, into the other slot, with a way back. */
@NullMarked
package io.foretell.agent.update;

import org.jspecify.annotations.NullMarked;
