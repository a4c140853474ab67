package io.foretell.gateway.mqtt;

import io.foretell.gateway.Route;
import io.foretell.proto.Command;
import io.foretell.proto.DeviceId;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What a client may find again when it reconnects (4.1 of MQTT 5): its subscriptions and the
 * handshakes under way in both directions. {@link Sessions} keeps it over restarts where the client
 * asked for a session that outlives its connection.
 *
 * <p>Used only on the event loop of the connection that owns it; the next owner waits until the one
 * before has let go.
 */
final class Session {
  private static final int MAX_PACKET_ID = 65_535;

  private final Key key;
  private final LinkedHashMap<String, Subscription> subscriptions = new LinkedHashMap<>();
  private final LinkedHashMap<Integer, Outgoing> unacknowledged = new LinkedHashMap<>();
  private final Set<Integer> received = new LinkedHashSet<>();
  private int lastPacketId;
  private long id;
  private long noted;

  /** Guarded by {@link Sessions}. */
  @Nullable Connection owner;

  /** How often a connection has got it. Guarded by {@link Sessions}. */
  int visits;

  /** Guarded by {@link Sessions}; ms since 1970. */
  long expiresAt = Long.MAX_VALUE;

  /** Names the connection that has it among those of all processes. Guarded by {@link Sessions}. */
  long holder;

  /** Whether the store has it. Guarded by {@link Sessions}. */
  boolean kept;

  Session(Key key) {
    this.key = key;
    this.id = newId();
  }

  private static long newId() {
    return ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
  }

  /**
   * A session as it was kept.
   *
   * @param pending what the downlink still has for the device
   */
  static Session restored(KeptSession kept, List<Command> pending) {
    Session session = new Session(new Key(kept.device(), kept.clientId()));
    kept.subscriptions().forEach(subscribed -> session.subscribe(Subscription.of(subscribed)));
    session.received.addAll(kept.received());
    session.id = kept.id() == 0 ? session.id : kept.id();
    session.noted = kept.noted();
    session.kept = true;
    for (KeptSession.Sent sent : kept.sent()) {
      session.lastPacketId = sent.packetId();
      Subscription by = Subscription.of(sent.by());
      pending.stream()
          .filter(command -> command.id().equals(sent.commandId()))
          .findFirst()
          .or(() -> sent.released() ? Optional.of(ended(sent.commandId())) : Optional.empty())
          .map(command -> new Outgoing(command, by, sent.released()))
          .ifPresent(outgoing -> session.unacknowledged.put(sent.packetId(), outgoing));
    }
    return session;
  }

  /** A command that has ended meanwhile: of its handshake only the last step is left. */
  private static Command ended(String id) {
    return new Command(id, "", "{}", 0, 0, List.of(), "");
  }

  /** As it is now, for the store. */
  KeptSession snapshot(long expiry, long leftAt) {
    return new KeptSession(
        key.device(),
        key.clientId(),
        expiry,
        leftAt,
        subscriptions.values().stream().map(Subscription::kept).toList(),
        unacknowledged.entrySet().stream()
            .map(
                entry ->
                    new KeptSession.Sent(
                        entry.getKey(),
                        entry.getValue().command().id(),
                        entry.getValue().released(),
                        entry.getValue().subscription().kept()))
            .toList(),
        List.copyOf(received),
        id,
        noted);
  }

  /** A number of its own: another session of the same client has another. */
  long id() {
    return id;
  }

  /** How many messages of QoS 2 have been answered, or would be if the store were faster. */
  long noted() {
    return noted;
  }

  /** One more message of QoS 2 has been judged, in the order of their arrival. */
  void note() {
    noted++;
  }

  Key key() {
    return key;
  }

  /** Packet identifiers of QoS 2 messages that are stored and not yet released (4.3.3). */
  Set<Integer> received() {
    return received;
  }

  /** Commands that the client has not acknowledged, by packet identifier, oldest first. */
  Map<Integer, Outgoing> unacknowledged() {
    return unacknowledged;
  }

  /** Whether the command is already on its way under a packet identifier of this session. */
  boolean underWay(String commandId) {
    return unacknowledged.values().stream().anyMatch(o -> o.command().id().equals(commandId));
  }

  /** A packet identifier that is not in use [MQTT-2.2.1-4]. */
  int newPacketId() {
    do {
      lastPacketId = lastPacketId % MAX_PACKET_ID + 1;
    } while (unacknowledged.containsKey(lastPacketId));
    return lastPacketId;
  }

  void subscribe(Subscription subscription) {
    subscriptions.remove(subscription.filter());
    subscriptions.put(subscription.filter(), subscription);
  }

  /** Whether there was such a subscription. */
  boolean unsubscribe(String filter) {
    return subscriptions.remove(filter) != null;
  }

  /** The subscription that commands are sent for: the latest. */
  Optional<Subscription> forCommands() {
    return subscriptions.values().stream().reduce((earlier, later) -> later);
  }

  /**
   * Whose session it is. Another device with the same client id has another session, so it can
   * neither take this one over nor find out that it exists.
   */
  record Key(DeviceId device, String clientId) {}

  /**
   * A subscription to commands.
   *
   * @param filter {@code v1/commands} or {@code v1/commands/json}, which is also the topic that the
   *     commands are then published to [MQTT-3.3.2-3]
   * @param qos the highest QoS of what is sent for it
   * @param json whether commands go in the proto3 JSON form
   * @param identifier Subscription Identifier; 0 for none
   */
  record Subscription(String filter, int qos, boolean json, int identifier) {
    static final String JSON_FILTER = Route.COMMANDS + "/json";

    static Subscription of(KeptSession.Subscribed kept) {
      return new Subscription(kept.filter(), kept.qos(), kept.json(), kept.identifier());
    }

    KeptSession.Subscribed kept() {
      return new KeptSession.Subscribed(filter, qos, json, identifier);
    }

    /** Whether a device may subscribe to that. */
    static boolean allowed(String filter) {
      return filter.equals(Route.COMMANDS) || filter.equals(JSON_FILTER);
    }
  }

  /**
   * A command on its way.
   *
   * @param released whether the client has confirmed its receipt with PUBREC (QoS 2)
   */
  record Outgoing(Command command, Subscription subscription, boolean released) {
    Outgoing release() {
      return new Outgoing(command, subscription, true);
    }
  }
}
