/** Vehicles made of physics and software: a fault of theirs comes from the software they run. */
@NullMarked
package io.foretell.agent.simulate;

import org.jspecify.annotations.NullMarked;
