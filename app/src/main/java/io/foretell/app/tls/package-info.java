/** A certificate of its own for a server that was given none, made with Bouncy Castle. */
@NullMarked
package io.foretell.app.tls;

import org.jspecify.annotations.NullMarked;
