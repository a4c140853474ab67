package io.foretell.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foretell.diagnostics.DiagnosisState;
import io.foretell.diagnostics.dbc.DbcParser;
import io.foretell.diagnostics.signals.Manifest;
import io.foretell.diagnostics.signals.Manifests;
import io.foretell.diagnostics.signals.ModelDecoding;
import io.foretell.ingest.DeviceStream;
import io.foretell.proto.Codec;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Emit;
import io.foretell.proto.Entry;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.Position;
import io.foretell.proto.Stage;
import io.foretell.proto.Telemetry;
import io.foretell.proto.Topic;
import io.foretell.proto.Uplink;
import io.foretell.proto.UplinkKind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Messages whose frames come in several uplinks, through decoding and diagnosis. */
final class NamingTest {
  private static final DeviceId DEVICE = new DeviceId("default", "truck");
  private static final long T = 1_795_308_448_000L;

  /** A state that version 0.1 wrote after one uplink with a signal. */
  private static final String EARLIER =
      "00000010010180d2e385a03480d2e385a03400000180a4c78bc068e087c68bc06880a4c78bc0680000000006020000"
          + "00000000000002056a313933390c02090000000000000000000005636f6465730901000000000000000000";

  private static final String ANNOUNCE = "200A0002FFC4FE00";
  private static final String ONE = "0101020304050607";
  private static final String TWO = "0208092AFFFFFFFF";
  private static final int TO_ALL = 0x9CECFF21;
  private static final int PACKET = 0x9CEBFF21;

  private final Loop<Naming.Named<DeviceStream>, DiagnosisState, Uplink, Telemetry> loop = loop();
  private final Codec<Loop.Both<Naming.Named<DeviceStream>, DiagnosisState>> codec = loop.codec();
  private Loop.Both<Naming.Named<DeviceStream>, DiagnosisState> state = loop.initial(DEVICE);
  private final List<String> signals = new ArrayList<>();
  private long offset;

  @Test
  void message_that_is_split_over_uplinks_is_read_with_the_last_one() {
    frames(0, TO_ALL, ANNOUNCE);
    restart();
    frames(10, PACKET, ONE);
    restart();
    assertThat(signals).isEmpty();
    frames(20, PACKET, TWO);

    assertThat(signals).containsExactly("Long.Last@" + (T + 20) + "=42.0", "decoder.m");
    assertThat(state.first().stage().stored()).isEqualTo(3);
  }

  @Test
  void state_without_open_messages_is_what_earlier_versions_wrote_and_read() {
    byte[] never = codec.encode(state);
    frames(0, TO_ALL, ANNOUNCE);
    byte[] open = codec.encode(state);
    frames(10, PACKET, ONE);
    frames(20, PACKET, TWO);
    byte[] whole = codec.encode(state);

    assertThat(first(never)).startsWith((byte) 1);
    assertThat(first(open)).startsWith((byte) 0, (byte) 1);
    assertThat(first(whole)).startsWith((byte) 1);
    assertThat(codec.encode(codec.decode(open))).isEqualTo(open);

    state = loop.initial(DEVICE);
    take(UplinkKind.TELEMETRY, T, "{\"t\": " + T + ", \"engine.coolant\": 91.5}");
    assertThat(HexFormat.of().formatHex(codec.encode(state))).isEqualTo(EARLIER);
    Loop.Both<Naming.Named<DeviceStream>, DiagnosisState> earlier =
        codec.decode(HexFormat.of().parseHex(EARLIER));
    assertThat(earlier.first().stage().stored()).isEqualTo(1);
    assertThat(HexFormat.of().formatHex(codec.encode(earlier))).isEqualTo(EARLIER);
  }

  @Test
  void what_is_open_is_given_up_when_no_frames_come_any_more() {
    frames(0, TO_ALL, ANNOUNCE);
    restart();
    long wake = T + 600_000;
    assertThat(wakes()).contains(wake);
    assertThat(first(codec.encode(state))).startsWith((byte) 0);
    until(wake);

    assertThat(first(codec.encode(state))).startsWith((byte) 1);
    assertThat(loop.wakeAt(state)).isEqualTo(Stage.NEVER);
  }

  @Test
  void state_that_was_cut_off_is_refused() {
    frames(0, TO_ALL, ANNOUNCE);
    byte[] open = first(codec.encode(state));
    byte[] all = codec.encode(state);
    byte[] second = Arrays.copyOfRange(all, 4 + open.length, all.length);

    assertThat(both(open, second)).isEqualTo(all);
    for (int length = 1; length < open.length; length++) {
      byte[] cut = both(Arrays.copyOf(open, length), second);
      assertThatThrownBy(() -> codec.decode(cut)).isInstanceOf(InvalidInputException.class);
    }
  }

  private static byte[] both(byte[] first, byte[] second) {
    return ByteBuffer.allocate(4 + first.length + second.length)
        .putInt(first.length)
        .put(first)
        .put(second)
        .array();
  }

  private static byte[] first(byte[] both) {
    ByteBuffer in = ByteBuffer.wrap(both);
    byte[] first = new byte[in.getInt()];
    in.get(first);
    return first;
  }

  private static Loop<Naming.Named<DeviceStream>, DiagnosisState, Uplink, Telemetry> loop() {
    Manifest.Bus bus =
        new Manifest.Bus(
            Manifest.Protocol.J1939,
            List.of(
                DbcParser.parse(
                    "BO_ 2566833406 Long: 10 X\n SG_ Last : 72|8@1+ (1,0) [0|0] \"\" X\n")),
            List.of(),
            Map.of(),
            false);
    Manifest manifest =
        new Manifest("m", 1, List.of("*"), Map.of("*", bus), List.of(), Map.of(), List.of());
    Config config = Config.of(Optional.empty(), Map.of(), Map.of());
    return Pipeline.loop(
        config,
        Knowledge.of(config),
        new ModelDecoding(new Manifests(List.of(manifest)), device -> "truck-2016"),
        List.of());
  }

  /** All times at which the state would be woken if nothing came. */
  private List<Long> wakes() {
    Loop.Both<Naming.Named<DeviceStream>, DiagnosisState> copy = codec.decode(codec.encode(state));
    List<Long> times = new ArrayList<>();
    for (long at = loop.wakeAt(copy); at != Stage.NEVER; at = loop.wakeAt(copy)) {
      times.add(at);
      copy = loop.tick(copy, DEVICE, at, new Heard());
    }
    return times;
  }

  private void until(long end) {
    for (long at = loop.wakeAt(state); at <= end; at = loop.wakeAt(state)) {
      state = loop.tick(state, DEVICE, at, new Heard());
    }
  }

  private void restart() {
    state = codec.decode(codec.encode(state));
  }

  private void frames(long after, int id, String hex) {
    String body =
        """
        {"baseTime": "%d", "runs": [{"bus": "can0", "offsetUs": ["0"], "id": [%d], "length": [8],
         "data": "%s"}]}\
        """
            .formatted(
                T + after,
                id & 0xFFFFFFFFL,
                Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex)));
    take(UplinkKind.FRAMES, T + after, body);
  }

  private void take(UplinkKind kind, long at, String body) {
    Uplink uplink = new Uplink(kind, at, "application/json", "mqtt", body.getBytes(UTF_8));
    until(at);
    Position position = new Position("uplink", 0, offset++);
    state = loop.apply(state, new Entry<>(position, 0, DEVICE, at, uplink), new Heard());
  }

  private final class Heard implements Emit {
    @Override
    public <V> void to(Topic<V> topic, DeviceId key, V value) {
      if (value instanceof Telemetry.Signals said) {
        for (int i = 0; i < said.names().size(); i++) {
          String name = said.names().get(i);
          signals.add(
              name.startsWith(ModelDecoding.SIGNAL)
                  ? name
                  : name + "@" + said.times().get(i)[0] + "=" + said.values().get(i)[0]);
        }
      }
    }
  }
}
