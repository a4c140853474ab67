/** Changes the device, safely: campaigns, waves and their halt rules. */
@NullMarked
package io.foretell.firmwareota;

import org.jspecify.annotations.NullMarked;
