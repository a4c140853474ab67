package io.foretell.gateway.downlink;

import io.foretell.gateway.Downlink;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Part;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** A downlink whose commands are kept in a {@link CommandStore}, as its owner drives it. */
public interface KeptDownlink extends Downlink, Part {
  /** Calls {@code watcher} after each change of a command made here, on the downlink's thread. */
  void onChange(Consumer<Tracked> watcher);

  /** How many replies named no command of their device, or one that had ended before. */
  long ignoredReplies();

  /**
   * Offers again what a connection could not take before. The owner calls it about once a second.
   */
  void offerAgain();

  /**
   * Ends what is past its time. The owner calls it about once a second, in one process.
   *
   * @param now ms since 1970
   * @return how many commands expired
   */
  CompletionStage<Integer> expire(long now);

  /** Ends all commands of a device that is no longer there; how many. */
  CompletionStage<Integer> withdraw(DeviceId device);

  /**
   * Deletes what ended before a moment.
   *
   * @param endedBefore ms since 1970
   * @return how many commands
   */
  CompletionStage<Integer> forget(long endedBefore);
}
