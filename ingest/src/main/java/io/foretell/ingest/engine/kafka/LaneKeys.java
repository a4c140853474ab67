package io.foretell.ingest.engine.kafka;

import io.foretell.proto.DeviceId;
import io.foretell.proto.LaneUnavailableException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The keys of devices, as all processes of an installation see them. A device has one to seal by,
 * from its first entry on; where that is retired and it sends again, it has another one. What was
 * sealed by a key that was destroyed cannot be read again.
 *
 * <p>That keys cannot be asked for is never told as that they are destroyed.
 */
public interface LaneKeys {
  /** The key to seal by, where it is at hand; null where {@link #of} must be asked. */
  @Nullable LaneKey known(DeviceId device);

  /**
   * The key to seal by, which is made where there is none. Does not block; completes on any thread,
   * and fails with {@link LaneUnavailableException} where keys cannot be asked for.
   */
  CompletionStage<LaneKey> of(DeviceId device);

  /**
   * Keys by their ids; those that are not in the answer are destroyed. May block.
   *
   * @throws LaneUnavailableException where keys cannot be asked for
   */
  Map<UUID, LaneKey> find(Collection<UUID> ids);

  /**
   * Ends sealing by the keys that a device has. They still open. Blocks until no process seals by
   * them any more.
   *
   * @return all that are not destroyed
   * @throws LaneUnavailableException where keys cannot be asked for
   */
  List<LaneKey> retire(DeviceId device);

  /**
   * Destroys keys that are retired, in all processes.
   *
   * @throws LaneUnavailableException where keys cannot be asked for
   */
  void destroy(List<LaneKey> retired);
}
