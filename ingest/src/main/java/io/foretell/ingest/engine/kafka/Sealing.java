package io.foretell.ingest.engine.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.foretell.proto.DeviceId;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the topics have of devices, sealed by a key a device.
 *
 * <pre>
 * lane     value  1 sealed:12+n+16        its record's key has the id of the key, see {@link Names}
 * state    value  'S' id:16 sealed:12+n+16
 * </pre>
 *
 * <p>Lane or stage, and device, are authenticated along, so nothing passes for another's. What an
 * earlier version wrote is in the clear and is read: there the record's key is the device's name,
 * which never begins with a zero; and a state begins with a moment, which {@code 'S'} would put
 * some hundred million years off.
 */
final class Sealing {
  private static final byte VERSION = 1;
  private static final byte STATE = 'S';
  private static final int STATE_HEAD = 1 + 16;

  private final LaneKeys keys;
  private final Seal seal = new Seal();

  Sealing(LaneKeys keys) {
    this.keys = keys;
  }

  LaneKeys keys() {
    return keys;
  }

  private static byte[] place(char kind, String name, DeviceId device) {
    return (kind + name + '\0' + device.tenant() + '\0' + device.device()).getBytes(UTF_8);
  }

  /** A value of a lane. */
  byte[] seal(String lane, LaneKey key, byte[] clear) {
    byte[] sealed = new byte[1 + clear.length + Seal.MORE];
    sealed[0] = VERSION;
    seal.seal(key.secret(), place('L', lane, key.device()), clear, sealed, 1);
    return sealed;
  }

  /**
   * A value of a lane.
   *
   * @throws InvalidInputException where it is none that was sealed by this key for this lane
   */
  byte[] open(String lane, LaneKey key, byte[] sealed) {
    if (sealed.length == 0 || sealed[0] != VERSION) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "no sealed value of this version");
    }
    return seal.open(key.secret(), place('L', lane, key.device()), sealed, 1);
  }

  /** The record of a state. */
  byte[] sealState(String stage, LaneKey key, byte[] record) {
    byte[] sealed = new byte[STATE_HEAD + record.length + Seal.MORE];
    ByteBuffer.wrap(sealed)
        .put(STATE)
        .putLong(key.id().getMostSignificantBits())
        .putLong(key.id().getLeastSignificantBits());
    seal.seal(key.secret(), place('S', stage, key.device()), record, sealed, STATE_HEAD);
    return sealed;
  }

  /** The record of a state; null where its key is destroyed. */
  byte @Nullable [] openState(String stage, DeviceId device, byte[] kept) {
    UUID id = stateSealedBy(kept);
    if (id == null) {
      return kept;
    }
    LaneKey key = keys.find(List.of(id)).get(id);
    return key == null
        ? null
        : seal.open(key.secret(), place('S', stage, device), kept, STATE_HEAD);
  }

  /** Whether the key of a state is destroyed. */
  boolean gone(byte[] kept) {
    UUID id = stateSealedBy(kept);
    return id != null && keys.find(List.of(id)).isEmpty();
  }

  /** Asks for the keys of many states at once. */
  void expect(Collection<byte[]> states) {
    List<UUID> ids = new ArrayList<>();
    for (byte[] kept : states) {
      UUID id = stateSealedBy(kept);
      if (id != null) {
        ids.add(id);
      }
    }
    var unused = keys.find(ids);
  }

  private static @Nullable UUID stateSealedBy(byte[] kept) {
    if (kept.length < STATE_HEAD + Seal.MORE || kept[0] != STATE) {
      return null;
    }
    ByteBuffer head = ByteBuffer.wrap(kept, 1, 16);
    return new UUID(head.getLong(), head.getLong());
  }
}
