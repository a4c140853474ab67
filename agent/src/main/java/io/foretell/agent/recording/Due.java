package io.foretell.agent.recording;

import io.foretell.agent.Message;

/**
 * A message and when it is due.
 *
 * @param atMillis after the start of the recording, in the recording's own pace
 */
public record Due(long atMillis, Message message) {}
