package io.foretell.bench.standin;

import io.foretell.gateway.DoorLimits;
import io.foretell.gateway.LaneDoor;
import io.foretell.gateway.LivePresence;
import io.foretell.gateway.coap.CoapListener;
import io.foretell.gateway.coap.CoapSettings;
import io.foretell.gateway.mqtt.KeptSessions;
import io.foretell.gateway.mqtt.MqttListener;
import io.foretell.gateway.mqtt.MqttSettings;
import io.foretell.ingest.Decoding;
import io.foretell.ingest.Limits;
import io.foretell.ingest.payload.Payloads;
import io.foretell.proto.wire.Topics;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.Supplier;

/**
 * A listener in front of lanes, with decoding behind them and somebody who takes what was decoded:
 * no diagnosis, no history, no desk. Or less than that, to see what it costs at least.
 *
 * <pre>
 *   routed DIR   MQTT, lanes on disk, acknowledged after fsync, in the embedded engine
 *   memory DIR   MQTT, lanes in memory, acknowledged at once: the difference is what durability costs
 *   netty DIR    MQTT, Netty's codec alone, acknowledged at once
 *   coap DIR     CoAP, plain and over DTLS, otherwise as routed
 *   udp DIR      CoAP requests answered by Netty alone
 * </pre>
 *
 * It prints {@code ready PORT}, with DTLS {@code ready PORT SECURE}; to each line on standard input
 * it answers {@code count LAG UPLINKS STORED REJECTED}. It ends at the end of its input.
 */
public final class StandIn {
  private static final InstantSource CLOCK = InstantSource.system();

  private StandIn() {}

  /** Runs it. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Supplier<String> count = opened(args[0], Path.of(args[1]));
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (in.readLine() != null) {
      System.out.println(count.get());
    }
    Runtime.getRuntime().halt(0);
  }

  private static Supplier<String> opened(String kind, Path data) throws InterruptedException {
    switch (kind) {
      case "netty" -> {
        BareMqtt bare = new BareMqtt();
        System.out.println("ready " + bare.open());
        return bare::count;
      }
      case "udp" -> {
        BareUdp bare = new BareUdp();
        System.out.println("ready " + bare.open());
        return bare::count;
      }
      case "coap" -> {
        Hall hall = new DiskHall(data, decoding(), CLOCK);
        CoapListener listener = coap(hall);
        listener.start();
        System.out.println("ready " + listener.port() + " " + listener.securePort());
        return hall::count;
      }
      default -> {
        Hall hall =
            kind.equals("memory")
                ? new MemoryHall(decoding())
                : new DiskHall(data, decoding(), CLOCK);
        MqttListener listener = mqtt(hall);
        listener.start();
        System.out.println("ready " + listener.port());
        return hall::count;
      }
    }
  }

  private static Decoding decoding() {
    return new Decoding(
        Topics.TELEMETRY, Topics.REJECTS, Payloads.standard(Limits.DEFAULT), Limits.DEFAULT);
  }

  private static LivePresence presence(Hall hall) {
    return new LivePresence(hall.uplinks(), LivePresence.DEFAULT_SILENCE, CLOCK);
  }

  private static LaneDoor door(Hall hall, Anyone anyone, LivePresence presence) {
    return new LaneDoor(
        hall.uplinks(), hall.rejects(), anyone, presence, DoorLimits.defaults(), CLOCK);
  }

  private static MqttListener mqtt(Hall hall) {
    Anyone anyone = new Anyone();
    LivePresence presence = presence(hall);
    return new MqttListener(
        Vertx.vertx(new VertxOptions().setPreferNativeTransport(true)),
        MqttSettings.plain("127.0.0.1", 0),
        door(hall, anyone, presence),
        anyone,
        new NoCommands(),
        presence,
        CLOCK,
        KeptSessions.none());
  }

  private static CoapListener coap(Hall hall) {
    Anyone anyone = new Anyone();
    LivePresence presence = presence(hall);
    NoArtifacts none = new NoArtifacts();
    return new CoapListener(
        CoapSettings.of("127.0.0.1", 0, 0),
        door(hall, anyone, presence),
        anyone,
        new NoCommands(),
        presence,
        none,
        none);
  }
}
