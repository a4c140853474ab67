package io.foretell.app;

import io.foretell.app.records.Neighbours;
import io.foretell.gateway.LivePresence;
import io.foretell.gateway.Presence;
import io.foretell.gateway.mqtt.Elsewhere;
import io.foretell.gateway.presence.sql.SharedPresence;
import io.foretell.proto.DeviceId;
import io.foretell.servicedesk.outbox.Relay;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a server that is one of several processes does on account of the others: it tells them whose
 * secrets are void and whose session has come to it, follows what they tell, and in its turn ends
 * what a process that is no more has left.
 */
final class Among {
  private static final Logger log = LoggerFactory.getLogger(Among.class);
  private static final String REVOKED = "revoked";
  private static final String SESSION = "session";
  private static final long ENDING_MILLIS = 1_000;

  private final Parts parts;
  private final Neighbours others;
  private final SharedPresence everywhere;
  private final LivePresence here;
  private final Consumer<DeviceId> cut;
  private final AtomicBoolean returned = new AtomicBoolean();
  private long endedAt;

  private Among(Parts parts, Neighbours others, SharedPresence everywhere, Consumer<DeviceId> cut) {
    this.parts = parts;
    this.others = others;
    this.everywhere = everywhere;
    this.here = parts.presence;
    this.cut = cut;
  }

  /**
   * Connects a server with the others, where there are such.
   *
   * @param cut ends the HTTP requests of a device
   */
  static Optional<Among> connect(Parts parts, Consumer<DeviceId> cut) {
    if (parts.neighbours.isEmpty() || parts.everywhere.isEmpty()) {
      return Optional.empty();
    }
    Among among = new Among(parts, parts.neighbours.get(), parts.everywhere.get(), cut);
    parts.registry.onRevoked(device -> among.others.call(REVOKED, device.toString()));
    among.others.on(REVOKED, text -> among.revoked(DeviceId.parse(text)));
    among.others.on(SESSION, among::claimed);
    among.others.onReturn(among::backAgain);
    return Optional.of(among);
  }

  /** What the others said meanwhile was not heard. */
  private void backAgain() {
    parts.registry.changedElsewhere();
    returned.set(true);
  }

  /**
   * Cuts the devices that were revoked, removed or erased while the others could not be heard; then
   * what is here is written anew. Where that fails, it is done at the next tick.
   */
  private void makeGood() {
    boolean done = false;
    try {
      for (DeviceId device : parts.registry.barred(here.devices())) {
        if (parts.registry.find(device).isEmpty()) {
          // It may be erased: that it leaves must not be written down.
          everywhere.drop(device);
        }
        revoked(device);
        log.info("{} is cut: it was barred while other processes were not heard", device);
      }
      everywhere.renew();
      done = true;
    } finally {
      if (!done) {
        returned.set(true);
      }
    }
  }

  private void revoked(DeviceId device) {
    parts.registry.changedElsewhere(device);
    parts.models.forget(device);
    parts.mqtt.disconnect(device);
    parts.coap.cut(device);
    cut.accept(device);
  }

  private void claimed(String text) {
    String[] part = text.split(" ", 3);
    parts.mqtt.claimedElsewhere(DeviceId.parse(part[1]), part[2], Long.parseLong(part[0]));
  }

  /** To be called about twice a second. */
  void tick(long now) {
    if (returned.getAndSet(false)) {
      makeGood();
    }
    if (parts.has(Role.GATEWAY)) {
      everywhere.flush();
    }
    if (others.turn() && now - endedAt >= ENDING_MILLIS) {
      endedAt = now;
      end(now);
    }
  }

  private void end(long now) {
    try {
      for (Presence.Status gone : everywhere.endOthers(others.alive(), now)) {
        here.record(gone);
      }
    } catch (SQLException e) {
      log.warn("who lives cannot be read: {}", e.getMessage());
    }
  }

  /** The other processes, as the MQTT listener knows them. */
  record Sessions(Neighbours others) implements Elsewhere {
    @Override
    public int node() {
      return others.node();
    }

    @Override
    public void claimed(DeviceId device, String clientId, long holder) {
      others.call(SESSION, holder + " " + device + " " + clientId);
    }
  }

  /** A relay that rests while it is another process's turn. */
  record InTurn(Relay relay, BooleanSupplier turn) implements Relay {
    @Override
    public String name() {
      return relay.name();
    }

    @Override
    public int pump(long now) {
      return turn.getAsBoolean() ? relay.pump(now) : 0;
    }

    @Override
    public void close() {
      relay.close();
    }
  }
}
