/** The device's side: what an agent is and does, apart from any protocol. */
@NullMarked
package io.foretell.agent;

import org.jspecify.annotations.NullMarked;
