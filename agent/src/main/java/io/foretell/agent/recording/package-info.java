/**
 * Recorded input, read from logs and data sets, as messages with the moments at which they are due.
 */
@NullMarked
package io.foretell.agent.recording;

import org.jspecify.annotations.NullMarked;
