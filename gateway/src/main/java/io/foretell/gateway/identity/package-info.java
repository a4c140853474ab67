/** Which devices there are, and how one proves that it is one of them. */
@NullMarked
package io.foretell.gateway.identity;

import org.jspecify.annotations.NullMarked;
