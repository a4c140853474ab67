package io.foretell.gateway.sparkplug;

import io.foretell.gateway.Door;
import io.foretell.gateway.Presence;
import io.foretell.gateway.sparkplug.SparkplugTopic.Type;
import io.foretell.proto.Delivery;
import io.foretell.proto.DeviceId;
import io.foretell.proto.InvalidInputException;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A door for edge nodes of Sparkplug B in front of the ordinary one. An edge node is a device that
 * is called as in its credentials, and its devices are its children: {@code
 * spBv1.0/{group}/DDATA/{node}/{device}} goes in as {@code v1/d/{device}/telemetry} with the type
 * of the message in the content type. Topics of another node are none.
 *
 * <p>Where a node's numbers show a gap, or it speaks of a device that it has not brought, it is
 * asked to be born again. Its devices are present from their birth to their death, or its own.
 */
public final class SparkplugDoor implements Door {
  /** The content type of what goes in. */
  public static final String CONTENT_TYPE = "application/x-sparkplug-b";

  private static final Logger log = LoggerFactory.getLogger(SparkplugDoor.class);
  private static final String VIA = "sparkplug";

  private final Door door;
  private final Presence presence;
  private final Consumer<Command> commands;
  private final InstantSource clock;
  private final Map<DeviceId, EdgeNode> nodes = new ConcurrentHashMap<>();

  /**
   * A command to an edge node.
   *
   * @param topic where to publish it, with QoS 0
   */
  public record Command(DeviceId node, String topic, byte[] payload) {}

  /**
   * @param door takes everything
   * @param presence is told of the devices of edge nodes
   * @param commands takes commands to the connections of their node; returns at once
   */
  public SparkplugDoor(
      Door door, Presence presence, Consumer<Command> commands, InstantSource clock) {
    this.door = door;
    this.presence = presence;
    this.commands = commands;
    this.clock = clock;
  }

  @Override
  public CompletionStage<Receipt> take(
      DeviceId speaker, String path, String contentType, String via, byte[] payload) {
    Optional<SparkplugTopic> topic =
        path.startsWith(SparkplugTopic.PREFIX)
            ? SparkplugTopic.parse(path).filter(named -> named.node().equals(speaker.device()))
            : Optional.empty();
    return topic.isEmpty()
        ? door.take(speaker, path, contentType, via, payload)
        : take(speaker, topic.get(), via, payload);
  }

  @Override
  public CompletionStage<Receipt> take(
      DeviceId speaker,
      String path,
      String contentType,
      String via,
      byte[] payload,
      Delivery delivery) {
    return path.startsWith(SparkplugTopic.PREFIX)
        ? take(speaker, path, contentType, via, payload) // Sparkplug has nothing with QoS 2
        : door.take(speaker, path, contentType, via, payload, delivery);
  }

  @Override
  public long rest(DeviceId speaker) {
    return door.rest(speaker);
  }

  @Override
  public boolean pressed() {
    return door.pressed();
  }

  @Override
  public void onRelief(Runnable listener) {
    door.onRelief(listener);
  }

  private CompletionStage<Receipt> take(
      DeviceId speaker, SparkplugTopic topic, String via, byte[] payload) {
    follow(speaker, topic, payload);
    String path = topic.device().map(d -> "v1/d/" + d + "/telemetry").orElse("v1/telemetry");
    String type = CONTENT_TYPE + "; type=" + topic.type();
    return door.take(speaker, path, type, via, payload)
        .thenApply(
            receipt -> {
              if (topic.type() == Type.DBIRTH && receipt instanceof Receipt.Stored) {
                child(speaker, topic.device().orElse(""))
                    .ifPresent(child -> presence.arrived(child, VIA, speaker.toString()));
              } else if (topic.type() == Type.DDEATH) {
                // only now: for the door the message itself is a sign of the device's life
                gone(speaker, topic.device().orElse(""));
              }
              return receipt;
            });
  }

  private void follow(DeviceId speaker, SparkplugTopic topic, byte[] payload) {
    EdgeNode node = nodes.computeIfAbsent(speaker, id -> new EdgeNode());
    boolean ask;
    synchronized (node) {
      if (topic.type() == Type.NBIRTH || topic.type() == Type.NDEATH) {
        node.devices().forEach(device -> gone(speaker, device));
      }
      String device = topic.device().orElse("");
      boolean misses = node.misses(topic.type(), device, SparkplugPayload.sequence(payload));
      ask = misses && node.mayAsk(clock.millis());
    }
    if (topic.type() == Type.NDEATH) {
      forget(speaker, node);
    }
    if (ask) {
      log.info("{} is asked to be born again", speaker);
      String to = SparkplugTopic.PREFIX + topic.group() + "/NCMD/" + topic.node();
      commands.accept(new Command(speaker, to, SparkplugPayload.rebirth(clock.millis())));
    }
  }

  /** Unless it could then be asked again at once, by dying after every message. */
  private void forget(DeviceId speaker, EdgeNode node) {
    synchronized (node) {
      if (!node.pauses(clock.millis())) {
        nodes.remove(speaker, node);
      }
    }
  }

  private void gone(DeviceId speaker, String device) {
    child(speaker, device)
        .ifPresent(child -> presence.left(child, VIA, speaker.toString(), "death"));
  }

  private static Optional<DeviceId> child(DeviceId speaker, String device) {
    try {
      return Optional.of(new DeviceId(speaker.tenant(), device));
    } catch (InvalidInputException e) {
      return Optional.empty();
    }
  }
}
