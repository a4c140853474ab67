package io.foretell.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.app.http.Conservation;
import io.foretell.app.http.DeviceStates;
import io.foretell.diagnostics.DiagnosisState;
import io.foretell.diagnostics.signals.Manifests;
import io.foretell.diagnostics.signals.ModelDecoding;
import io.foretell.ingest.DeviceStream;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Emit;
import io.foretell.proto.Entry;
import io.foretell.proto.Position;
import io.foretell.proto.Topic;
import io.foretell.proto.Uplink;
import io.foretell.proto.UplinkKind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/** The books while messages come and are read, which is when somebody looks at them. */
final class ConservationTest {
  private static final DeviceId DEVICE = new DeviceId("default", "truck");
  private static final long T = 1_795_308_448_000L;

  private long onLane = 3;

  @Test
  void what_was_stored_is_what_came() {
    Conservation.Balance balance = books(3, () -> 0).count();

    assertThat(balance.holds()).isTrue();
    assertThat(balance.acknowledged()).isEqualTo(3);
    assertThat(balance.stored()).isEqualTo(3);
  }

  @Test
  void message_that_is_nowhere_is_missed() {
    assertThat(books(2, () -> 0).count().holds()).isFalse();
    assertThat(books(1, () -> 1).count().holds()).isFalse();
    assertThat(books(2, () -> 1).count().holds()).isTrue();
  }

  @Test
  void message_that_was_stored_twice_is_seen_once_nothing_moves() {
    assertThat(books(4, () -> 0).count().holds()).isFalse();
  }

  @Test
  void messages_that_come_while_it_counts_are_no_defect() {
    // Two more are on the lane before the lag is looked at, and one of them is read in time.
    LongSupplier lag =
        () -> {
          onLane += 2;
          return 2;
        };

    assertThat(books(4, lag).count().holds()).isTrue();
  }

  @Test
  void messages_that_come_and_are_read_while_it_counts_are_no_defect() {
    LongSupplier lag =
        () -> {
          onLane += 2;
          return 0;
        };

    assertThat(books(5, lag).count().holds()).isTrue();
  }

  private Conservation books(int stored, LongSupplier lag) {
    return new Conservation(() -> onLane, () -> 0, states(stored), lag, new NothingErased());
  }

  private static DeviceStates states(int messages) {
    Config config = Config.of(Optional.empty(), Map.of(), Map.of());
    var loop =
        Pipeline.loop(
            config,
            Knowledge.of(config),
            new ModelDecoding(new Manifests(List.of()), device -> ""),
            List.of());
    var state = loop.initial(DEVICE);
    for (int i = 0; i < messages; i++) {
      String body = "{\"t\": " + (T + i) + ", \"engine.coolant\": 91.5}";
      Uplink uplink =
          new Uplink(UplinkKind.TELEMETRY, T, "application/json", "mqtt", body.getBytes(UTF_8));
      Entry<Uplink> entry = new Entry<>(new Position("uplink", 0, i), 0, DEVICE, T + i, uplink);
      state = loop.apply(state, entry, new Deaf());
    }
    return new One(state.first().stage(), state.second());
  }

  private record NothingErased() implements Conservation.Erased {
    @Override
    public long stored() {
      return 0;
    }

    @Override
    public long rejected() {
      return 0;
    }
  }

  private record One(DeviceStream stream, DiagnosisState diagnosis) implements DeviceStates {
    @Override
    public Optional<DeviceStream> stream(DeviceId device) {
      return Optional.of(stream);
    }

    @Override
    public Optional<DiagnosisState> diagnosis(DeviceId device) {
      return Optional.of(diagnosis);
    }

    @Override
    public void each(BiConsumer<DeviceId, Known> visitor) {
      visitor.accept(DEVICE, new Known(stream, diagnosis));
    }
  }

  private static final class Deaf implements Emit {
    @Override
    public <V> void to(Topic<V> topic, DeviceId key, V value) {}
  }
}
