/** Who is talking to us: what the listeners of every protocol share. */
@NullMarked
package io.foretell.gateway;

import org.jspecify.annotations.NullMarked;
