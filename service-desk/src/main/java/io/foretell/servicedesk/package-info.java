/** Who must act, and by when: tickets and their rules. */
@NullMarked
package io.foretell.servicedesk;

import org.jspecify.annotations.NullMarked;
