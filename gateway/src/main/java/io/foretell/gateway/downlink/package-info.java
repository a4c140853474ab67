/** Commands on their way down to devices: kept until answered, sent until answered. */
@NullMarked
package io.foretell.gateway.downlink;

import org.jspecify.annotations.NullMarked;
