package io.foretell.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.ingest.Decoding;
import io.foretell.ingest.DeviceStream;
import io.foretell.ingest.Limits;
import io.foretell.ingest.payload.Payloads;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Emit;
import io.foretell.proto.Entry;
import io.foretell.proto.Position;
import io.foretell.proto.Telemetry;
import io.foretell.proto.Topic;
import io.foretell.proto.Uplink;
import io.foretell.proto.UplinkKind;
import io.foretell.proto.v1.Report;
import io.foretell.proto.wire.Topics;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class ReportsTest {
  private static final long NOW = 1_795_308_448_257L;

  private final Reports reports = new Reports(NOW);

  private byte[] report(long boot, long sequence, long now, double change) {
    byte[] bytes = new byte[Reports.LENGTH];
    reports.put(bytes, 0, boot);
    reports.patch(bytes, 0, sequence, now, change);
    return bytes;
  }

  @Property(tries = 200)
  void patched_report_says_what_it_was_told(
      @ForAll long boot,
      @ForAll @LongRange(min = 1, max = (1L << 28) - 1) long sequence,
      @ForAll @LongRange(min = NOW, max = NOW + 86_400_000L) long now)
      throws com.google.protobuf.InvalidProtocolBufferException {
    Report read = Report.parseFrom(report(boot, sequence, now, 0.5));

    assertThat(read.getOrigin().getBootId()).isEqualTo(boot);
    assertThat(read.getOrigin().getSequence()).isEqualTo(sequence);
    assertThat(read.getBaseTime()).isEqualTo(now);
    assertThat(read.getSeriesList()).hasSize(3);
    assertThat(read.getSeries(1).getValue(0)).isEqualTo(1813.25);
  }

  @Test
  void report_through_ingest_is_three_samples_and_a_repeated_one_is_refused() {
    Decoding decoding =
        new Decoding(
            Topics.TELEMETRY, Topics.REJECTS, Payloads.standard(Limits.DEFAULT), Limits.DEFAULT);
    DeviceId device = new DeviceId("sandbox", "device-1");
    List<Object> said = new ArrayList<>();
    Emit out =
        new Emit() {
          @Override
          public <T> void to(Topic<T> topic, DeviceId key, T value) {
            said.add(value);
          }
        };
    DeviceStream state = decoding.initial(device);
    for (int i = 0; i < 2; i++) {
      Uplink uplink = new Uplink(UplinkKind.TELEMETRY, NOW, "", "mqtt", report(7, 41, NOW, 0));
      Entry<Uplink> entry = new Entry<>(new Position("uplink", 0, i), 0, device, NOW, uplink);
      state = decoding.apply(state, entry, out);
    }

    assertThat(said).hasSize(2);
    assertThat(said.get(0)).isInstanceOf(Telemetry.Signals.class);
    assertThat(((Telemetry.Signals) said.get(0)).size()).isEqualTo(3);
    assertThat(state.stored()).isEqualTo(1);
    assertThat(state.rejectedTotal()).isEqualTo(1);
  }
}
