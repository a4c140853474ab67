package io.foretell.ingest;

import static io.foretell.ingest.Bench.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedOutputStream;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Reject;
import io.foretell.proto.Telemetry;
import io.foretell.proto.UplinkKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Sparkplug B: births, data by alias, deaths. */
final class SparkplugTest {
  private static final int INT8 = 1;
  private static final int INT32 = 3;
  private static final int INT64 = 4;
  private static final int UINT64 = 8;
  private static final int FLOAT = 9;
  private static final int DOUBLE = 10;
  private static final int BOOLEAN = 11;
  private static final int STRING = 12;

  private final Bench bench = new Bench();

  /** Writes the fields of a message. */
  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  private static byte[] bytes(Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      fields.write(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static byte[] metric(String name, long alias, int type, Fields value) {
    return bytes(
        out -> {
          if (!name.isEmpty()) {
            out.writeString(1, name);
          }
          if (alias >= 0) {
            out.writeUInt64(2, alias);
          }
          if (type > 0) {
            out.writeUInt32(4, type);
          }
          value.write(out);
        });
  }

  private static byte[] payload(long time, byte[]... metrics) {
    return bytes(
        out -> {
          out.writeUInt64(1, time);
          for (byte[] metric : metrics) {
            out.writeByteArray(2, metric);
          }
          out.writeUInt64(3, 0);
        });
  }

  private static byte[] birth() {
    return payload(
        NOW,
        metric("bdSeq", -1, INT64, out -> out.writeUInt64(11, 3)),
        metric("Node Control/Rebirth", -1, BOOLEAN, out -> out.writeBool(14, false)),
        metric("Engine/Coolant Temp", 1, DOUBLE, out -> out.writeDouble(13, 91.5)),
        metric("Engine/Torque", 2, INT32, out -> out.writeUInt32(10, -40)),
        metric("Engine/Trim", 3, INT8, out -> out.writeUInt32(10, 0xFF)),
        metric("Doors/Open", 4, BOOLEAN, out -> out.writeBool(14, true)),
        metric("Odometer", 5, UINT64, out -> out.writeUInt64(11, 123_456)),
        metric("Firmware", 6, STRING, out -> out.writeString(15, "1.2.3")),
        metric("Oil", 7, FLOAT, out -> out.writeBool(7, true)));
  }

  private Bench send(String type, byte[] payload) {
    return bench.send(UplinkKind.TELEMETRY, "application/x-sparkplug-b; type=" + type, payload);
  }

  @Test
  void birth_gives_presence_and_the_first_values() {
    send("DBIRTH", birth());

    assertThat(bench.rejects).isEmpty();
    assertThat(bench.telemetry.get(0))
        .isEqualTo(new Telemetry.Presence(NOW, true, "sparkplug", "birth"));
    assertThat(bench.samples())
        .containsExactly(
            "Engine/Coolant_Temp@0=91.5",
            "Engine/Torque@0=-40.0",
            "Engine/Trim@0=-1.0",
            "Doors/Open@0=1.0",
            "Odometer@0=123456.0");
  }

  @Test
  void data_is_known_by_alias_also_after_a_restart() {
    send("NBIRTH", birth());
    bench.state = bench.decoding.codec().decode(bench.decoding.codec().encode(bench.state));
    bench.telemetry.clear();

    send(
        "NDATA",
        payload(
            NOW - 10,
            metric("", 2, 0, out -> out.writeUInt32(10, -41)),
            metric("Odometer", -1, UINT64, out -> out.writeUInt64(11, -1))));

    assertThat(bench.rejects).isEmpty();
    assertThat(bench.samples())
        .containsExactly("Engine/Torque@-10=-41.0", "Odometer@-10=1.8446744073709552E19");
  }

  @Test
  void data_before_a_birth_or_by_an_unknown_alias_is_refused() {
    byte[] data = payload(NOW, metric("", 2, 0, out -> out.writeUInt32(10, 7)));
    send("DDATA", data);
    send("DBIRTH", birth());
    send("DDATA", payload(NOW, metric("", 99, 0, out -> out.writeUInt32(10, 7))));
    send("DDATA", payload(NOW, metric("Nameless", -1, 3, out -> out.writeUInt32(10, 7))));

    assertThat(bench.rejects)
        .extracting(Reject::reason)
        .containsExactly(ReasonCode.WRONG_SHAPE, ReasonCode.WRONG_SHAPE, ReasonCode.WRONG_SHAPE);
    assertThat(bench.rejects.get(0).detail()).contains("alias 2");
    assertThat(bench.rejects.get(0).payload()).isEqualTo(data);
  }

  @Test
  void later_birth_takes_the_place_of_the_earlier() {
    send("DBIRTH", birth());
    send("DBIRTH", payload(NOW, metric("Speed", 2, DOUBLE, out -> out.writeDouble(13, 0))));
    bench.telemetry.clear();

    send("DDATA", payload(NOW, metric("", 2, 0, out -> out.writeDouble(13, 3))));
    send("DDATA", payload(NOW, metric("", 1, 0, out -> out.writeDouble(13, 3))));

    assertThat(bench.samples()).containsExactly("Speed@0=3.0");
    assertThat(bench.rejects).hasSize(1);
  }

  @Test
  void death_gives_absence_at_its_receipt() {
    send("NDEATH", payload(0, metric("bdSeq", -1, INT64, out -> out.writeUInt64(11, 3))));

    assertThat(bench.only(Telemetry.Presence.class))
        .isEqualTo(new Telemetry.Presence(NOW, false, "sparkplug", "death"));
  }

  @Test
  void birth_with_one_alias_for_two_metrics_is_refused() {
    send(
        "NBIRTH",
        payload(
            NOW,
            metric("a", 1, DOUBLE, out -> out.writeDouble(13, 0)),
            metric("b", 1, DOUBLE, out -> out.writeDouble(13, 0))));

    assertThat(bench.rejects).extracting(Reject::reason).containsExactly(ReasonCode.WRONG_SHAPE);
  }

  @Test
  void message_that_is_none_gets_its_reason() {
    send("STATE", birth());
    bench.send(UplinkKind.TELEMETRY, "application/x-sparkplug-b", birth());
    send("NBIRTH", new byte[] {0x12, 0x7F, 1});
    send("NDATA", payload(NOW));

    assertThat(bench.rejects)
        .extracting(Reject::reason)
        .containsExactly(
            ReasonCode.UNSUPPORTED_CONTENT_TYPE,
            ReasonCode.UNSUPPORTED_CONTENT_TYPE,
            ReasonCode.MALFORMED_PROTOBUF,
            ReasonCode.WRONG_SHAPE);
  }

  @Test
  void birth_of_too_many_metrics_is_refused_and_of_the_most_is_kept() {
    byte[] value = metric("m", -1, DOUBLE, out -> out.writeDouble(13, 0));
    byte[][] many = IntStream.rangeClosed(0, 4096).mapToObj(i -> value).toArray(byte[][]::new);
    send("NBIRTH", payload(NOW, many));

    assertThat(bench.rejects).extracting(Reject::reason).containsExactly(ReasonCode.WRONG_SHAPE);
    byte[][] most =
        IntStream.range(0, 4096)
            .mapToObj(i -> metric("m" + i, i, DOUBLE, out -> out.writeDouble(13, i)))
            .toArray(byte[][]::new);
    send("NBIRTH", payload(NOW, most));
    assertThat(bench.rejects).hasSize(1);
    byte[] state = bench.decoding.codec().encode(bench.state);
    assertThat(state).hasSizeLessThan(70_000);
  }

  @Property(tries = 400)
  void damaged_messages_give_telemetry_or_exactly_one_reject(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 8) int changes) {
    Random random = new Random(seed);
    String type = List.of("NBIRTH", "NDATA", "DDEATH").get(random.nextInt(3));
    Bench fresh = new Bench();
    fresh.send(UplinkKind.TELEMETRY, "application/x-sparkplug-b; type=NBIRTH", birth());
    int before = fresh.telemetry.size();

    byte[] damaged = SenmlTest.damaged(birth(), random, changes);
    fresh.send(UplinkKind.TELEMETRY, "application/x-sparkplug-b; type=" + type, damaged);

    assertThat(fresh.rejects.isEmpty()).isEqualTo(fresh.telemetry.size() > before);
    assertThat(fresh.rejects).extracting(Reject::reason).doesNotContain(ReasonCode.INTERNAL);
    byte[] state = fresh.decoding.codec().encode(fresh.state);
    assertThat(fresh.decoding.codec().encode(fresh.decoding.codec().decode(state)))
        .isEqualTo(state);
  }
}
