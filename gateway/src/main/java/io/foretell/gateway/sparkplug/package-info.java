/** Edge nodes that speak Sparkplug B, on the way to the door. */
@NullMarked
package io.foretell.gateway.sparkplug;

import org.jspecify.annotations.NullMarked;
