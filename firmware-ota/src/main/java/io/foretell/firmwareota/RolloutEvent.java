package io.foretell.firmwareota;

import io.foretell.firmwareota.DeviceStatus.Bucket;
import java.util.List;

/** Something that may move a campaign. Times are ms since 1970 on the server's clock. */
sealed interface RolloutEvent {
  long at();

  /** A person starts it; the targets are locked, so many a wave. */
  record Start(long at, List<Integer> sizes) implements RolloutEvent {}

  /** A device of a wave is no longer where it was. */
  record Moved(long at, int wave, Bucket from, Bucket to) implements RolloutEvent {}

  /** Time has passed. */
  record Tick(long at) implements RolloutEvent {}

  /** A person, or a state that cannot be read, stops it. */
  record Halt(long at, String reason) implements RolloutEvent {}

  /** A person goes on: with the failed devices once more, or without them. */
  record Resume(long at, boolean retryFailed) implements RolloutEvent {}

  /** A person ends it, for good. */
  record End(long at, Rollout.State as, String reason) implements RolloutEvent {}
}
