/** Changes of tickets as signed CloudEvents over HTTP, to whom subscribed. */
@NullMarked
package io.foretell.servicedesk.webhook;

import org.jspecify.annotations.NullMarked;
