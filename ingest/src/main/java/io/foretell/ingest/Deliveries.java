package io.foretell.ingest;

import io.foretell.proto.Delivery;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The messages with QoS 2 of one device that were stored and whose identifiers the gateway had not
 * yet kept when it handed them on. Only of those may a repetition come that the gateway does not
 * know, and until they are noted no other message can have their identifier (MQTT 5 section 4.3.3).
 *
 * <p>Bounded: of the last {@value #SESSIONS} sessions, {@value #PACKETS} each. What is forgotten is
 * at worst stored twice; nothing is ever taken for a repetition because of it.
 */
final class Deliveries {
  static final int SESSIONS = 4;
  static final int PACKETS = 2_048;

  /** Bytes of a packet: identifier and number. */
  private static final int ENTRY = 2 + 8;

  // Least recently heard first; of each, the numbers by packet identifier.
  private final LinkedHashMap<Long, LinkedHashMap<Integer, Long>> sessions = new LinkedHashMap<>();

  boolean isEmpty() {
    return sessions.isEmpty();
  }

  /** Whether this repeats a message that is stored. */
  boolean stored(Delivery delivery) {
    Map<Integer, Long> packets = sessions.get(delivery.session());
    Long number = packets == null ? null : packets.get(delivery.packetId());
    return delivery.repeated() && number != null && number > delivery.noted();
  }

  void store(Delivery delivery) {
    LinkedHashMap<Integer, Long> packets = sessions.remove(delivery.session());
    if (packets == null) {
      packets = new LinkedHashMap<>();
    }
    packets.values().removeIf(number -> number <= delivery.noted());
    packets.remove(delivery.packetId());
    packets.put(delivery.packetId(), delivery.number());
    dropEldest(packets, PACKETS);
    sessions.put(delivery.session(), packets);
    dropEldest(sessions, SESSIONS);
  }

  private static <K> void dropEldest(LinkedHashMap<K, ?> map, int most) {
    if (map.size() > most) {
      map.remove(map.keySet().iterator().next());
    }
  }

  /** Sessions: count, and of each its id, count of packets, and their identifiers and numbers. */
  byte[] bytes() {
    int size = 1;
    for (Map<Integer, Long> packets : sessions.values()) {
      size += 8 + 2 + packets.size() * ENTRY;
    }
    ByteBuffer out = ByteBuffer.allocate(size).put((byte) sessions.size());
    sessions.forEach(
        (session, packets) -> {
          out.putLong(session).putShort((short) packets.size());
          packets.forEach((id, number) -> out.putShort((short) (int) id).putLong(number));
        });
    return out.array();
  }

  /** Reads what {@link #bytes} has written. */
  static Deliveries read(ByteBuffer in) {
    Deliveries deliveries = new Deliveries();
    int sessions = in.get();
    for (int i = 0; i < sessions; i++) {
      long session = in.getLong();
      LinkedHashMap<Integer, Long> packets = new LinkedHashMap<>();
      for (int left = in.getShort() & 0xFFFF; left > 0; left--) {
        packets.put(in.getShort() & 0xFFFF, in.getLong());
      }
      deliveries.sessions.put(session, packets);
    }
    return deliveries;
  }

  @Override
  public String toString() {
    List<String> all = new ArrayList<>();
    sessions.forEach((session, packets) -> all.add(Long.toHexString(session) + packets));
    return String.join(" ", all);
  }
}
