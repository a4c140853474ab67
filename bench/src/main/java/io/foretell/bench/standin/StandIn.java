package io.foretell.bench.standin;

import io.foretell.gateway.DoorLimits;
import io.foretell.gateway.LaneDoor;
import io.foretell.gateway.LivePresence;
import io.foretell.gateway.mqtt.MqttListener;
import io.foretell.gateway.mqtt.MqttSettings;
import io.foretell.ingest.Decoding;
import io.foretell.ingest.Limits;
import io.foretell.ingest.payload.Payloads;
import io.foretell.proto.Lane;
import io.foretell.proto.Reject;
import io.foretell.proto.Uplink;
import io.foretell.proto.wire.Topics;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * The MQTT listener in front of lanes, with decoding behind them and somebody who takes what was
 * decoded: no diagnosis, no history, no desk.
 *
 * <pre>
 *   routed DIR   lanes on disk, acknowledged after fsync, in the embedded engine
 *   memory DIR   lanes in memory, acknowledged at once: what durability costs is the difference
 * </pre>
 *
 * It prints {@code ready PORT}; to each line on standard input it answers {@code count LAG UPLINKS
 * STORED REJECTED}. It ends at the end of its input.
 */
public final class StandIn {
  private StandIn() {}

  /** Runs it. */
  public static void main(String[] args) throws IOException {
    InstantSource clock = InstantSource.system();
    Decoding decoding =
        new Decoding(
            Topics.TELEMETRY, Topics.REJECTS, Payloads.standard(Limits.DEFAULT), Limits.DEFAULT);
    Hall hall =
        args[0].equals("memory")
            ? new MemoryHall(decoding)
            : new DiskHall(Path.of(args[1]), decoding, clock);
    MqttListener listener = listener(hall.uplinks(), hall.rejects(), clock);
    listener.start();
    System.out.println("ready " + listener.port());
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (in.readLine() != null) {
      System.out.println(hall.count());
    }
    Runtime.getRuntime().halt(0);
  }

  private static MqttListener listener(
      Lane<Uplink> uplinks, Lane<Reject> rejects, InstantSource clock) {
    Anyone anyone = new Anyone();
    LivePresence presence = new LivePresence(uplinks, LivePresence.DEFAULT_SILENCE, clock);
    LaneDoor door = new LaneDoor(uplinks, rejects, anyone, presence, DoorLimits.defaults(), clock);
    return new MqttListener(
        Vertx.vertx(new VertxOptions().setPreferNativeTransport(true)),
        MqttSettings.plain("127.0.0.1", 0),
        door,
        anyone,
        new NoCommands(),
        presence,
        clock);
  }
}
