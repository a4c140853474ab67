package io.foretell.ingest;

import static io.foretell.ingest.Bench.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.proto.ReasonCode;
import io.foretell.proto.Reject;
import io.foretell.proto.Telemetry;
import io.foretell.proto.UplinkKind;
import io.foretell.proto.v1.Report;
import io.foretell.proto.v1.Series;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

final class DecodingPropertiesTest {
  @Property(tries = 3_000)
  void bytes_of_any_kind_give_telemetry_or_exactly_one_reject(
      @ForAll UplinkKind kind, @ForAll("types") String type, @ForAll("bodies") byte[] body) {
    Bench bench = new Bench().send(kind, type, body);

    assertThat(bench.rejects.isEmpty()).isNotEqualTo(bench.telemetry.isEmpty());
    assertThat(bench.rejects).hasSizeLessThan(2);
    assertThat(bench.rejects).extracting(Reject::reason).doesNotContain(ReasonCode.INTERNAL);
    assertThat(bench.state.stored() + bench.state.rejectedTotal()).isEqualTo(1);
  }

  @Property(tries = 300)
  void report_comes_back_as_it_was_encoded(@ForAll("reports") Report report) {
    Bench bench = new Bench().send(UplinkKind.TELEMETRY, report.toByteArray());

    Telemetry.Signals signals = bench.only(Telemetry.Signals.class);
    assertThat(signals.names())
        .isEqualTo(report.getSeriesList().stream().map(Series::getSignal).toList());
    for (int i = 0; i < signals.names().size(); i++) {
      Series series = report.getSeries(i);
      for (int k = 0; k < series.getValueCount(); k++) {
        assertThat(signals.times().get(i)[k]).isEqualTo(report.getBaseTime() + series.getOffset(k));
        assertThat(signals.values().get(i)[k]).isEqualTo(series.getValue(k));
      }
      assertThat(signals.times().get(i)).hasSize(series.getValueCount());
    }
  }

  @Property(tries = 300)
  void damaged_report_gives_telemetry_or_exactly_one_reject(
      @ForAll("reports") Report report, @ForAll int place, @ForAll byte value) {
    byte[] bytes = report.toByteArray();
    bytes[Math.floorMod(place, bytes.length)] = value;

    Bench bench = new Bench().send(UplinkKind.TELEMETRY, "application/protobuf", bytes);

    assertThat(bench.telemetry.size() + bench.rejects.size()).isEqualTo(1);
    assertThat(bench.rejects).extracting(Reject::reason).doesNotContain(ReasonCode.INTERNAL);
  }

  @Property(tries = 300)
  void any_order_of_arrival_stores_the_same_messages(
      @ForAll @Size(max = 60)
          List<@net.jqwik.api.constraints.IntRange(min = 1, max = 40) Integer> numbers) {
    Bench bench = new Bench();
    for (int number : numbers) {
      bench.send(
          UplinkKind.TELEMETRY,
          Report.newBuilder()
              .setOrigin(io.foretell.proto.v1.Origin.newBuilder().setSequence(number))
              .setBaseTime(NOW)
              .addSeries(Series.newBuilder().setSignal("x").addValue(number))
              .build()
              .toByteArray());
    }

    List<Double> stored = new ArrayList<>();
    for (Telemetry value : bench.telemetry) {
      stored.add(((Telemetry.Signals) value).values().get(0)[0]);
    }
    assertThat(stored)
        .containsExactlyInAnyOrderElementsOf(
            numbers.stream().distinct().map(Integer::doubleValue).toList());
  }

  @Provide
  Arbitrary<String> types() {
    return Arbitraries.of(
        "", "application/json", "application/protobuf", "application/octet-stream", "text/html");
  }

  @Provide
  Arbitrary<byte[]> bodies() {
    Arbitrary<String> json =
        Arbitraries.of(
                "{",
                "}",
                "[",
                "]",
                ":",
                ",",
                "\"t\"",
                "\"x\"",
                "\"series\"",
                "\"code\"",
                "\"codes\"",
                "\"complete\"",
                "\"faults\"",
                "\"runs\"",
                "\"commandId\"",
                "\"origin\"",
                "1",
                "-2.5",
                "1e400",
                "true",
                "null",
                "\"P0301\"",
                "\"DONE\"",
                " ",
                "\\u0000",
                "é")
            .list()
            .ofMaxSize(14)
            .map(parts -> String.join("", parts));
    return Arbitraries.oneOf(
        Arbitraries.bytes().array(byte[].class).ofMaxSize(60),
        // Bytes that are likely to be tags and lengths.
        Arbitraries.bytes().between((byte) 0, (byte) 50).array(byte[].class).ofMaxSize(40),
        json.map(text -> text.getBytes(StandardCharsets.UTF_8)));
  }

  @Provide
  Arbitrary<Report> reports() {
    Arbitrary<Series> series =
        Combinators.combine(
                Arbitraries.integers()
                    .between(-1_000_000, 300_000)
                    .set()
                    .ofMinSize(1)
                    .ofMaxSize(40),
                Arbitraries.doubles().list().ofSize(40))
            .as(
                (offsets, values) -> {
                  List<Integer> sorted = offsets.stream().sorted().toList();
                  return Series.newBuilder()
                      .addAllOffset(sorted)
                      .addAllValue(values.subList(0, sorted.size()))
                      .build();
                });
    return series
        .list()
        .ofMinSize(1)
        .ofMaxSize(20)
        .map(
            all -> {
              Report.Builder report = Report.newBuilder().setBaseTime(NOW);
              for (int i = 0; i < all.size(); i++) {
                report.addSeries(all.get(i).toBuilder().setSignal("s[" + i + "]/a-b_c"));
              }
              return report.build();
            });
  }
}
