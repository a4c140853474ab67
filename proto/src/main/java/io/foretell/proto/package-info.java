/** The contract: the few types that two stages must agree on, and the ports they meet at. */
@NullMarked
package io.foretell.proto;

import org.jspecify.annotations.NullMarked;
