/** How changes of tickets reach other systems: kept with the change, relayed at least once. */
@NullMarked
package io.foretell.servicedesk.outbox;

import org.jspecify.annotations.NullMarked;
