package io.foretell.ingest;

import static io.foretell.ingest.Bench.NOW;
import static io.foretell.ingest.Bench.TRUCK;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.foretell.proto.Entry;
import io.foretell.proto.Position;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Reject;
import io.foretell.proto.Telemetry;
import io.foretell.proto.Uplink;
import io.foretell.proto.UplinkKind;
import io.foretell.proto.v1.CommandReply;
import io.foretell.proto.v1.FaultCode;
import io.foretell.proto.v1.FaultReport;
import io.foretell.proto.v1.FrameBatch;
import io.foretell.proto.v1.FrameRun;
import io.foretell.proto.v1.Report;
import io.foretell.proto.v1.Series;
import io.foretell.proto.v1.UpdateStatus;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DecodingTest {
  private final Bench bench = new Bench();

  private static Report report(Series... series) {
    return Report.newBuilder().setBaseTime(NOW).addAllSeries(List.of(series)).build();
  }

  private static Series series(String signal, int[] offsets, double... values) {
    Series.Builder series = Series.newBuilder().setSignal(signal);
    IntStream.of(offsets).forEach(series::addOffset);
    for (double value : values) {
      series.addValue(value);
    }
    return series.build();
  }

  private static int[] at(int... offsets) {
    return offsets;
  }

  @Test
  void report_with_offsets_gives_columns_in_event_time() {
    bench.send(
        UplinkKind.TELEMETRY,
        report(
                series("engine.coolant", at(-2000, -1000, 0), 91.5, 92, 92.5),
                series("Vehicle.Chassis.Axle.Row1", at(-5), 3))
            .toByteArray());

    Telemetry.Signals signals = bench.only(Telemetry.Signals.class);
    assertThat(signals.time()).isEqualTo(NOW);
    assertThat(bench.samples())
        .containsExactly(
            "engine.coolant@-2000=91.5",
            "engine.coolant@-1000=92.0",
            "engine.coolant@0=92.5",
            "Vehicle.Chassis.Axle.Row1@-5=3.0");
  }

  @Test
  void report_with_a_period_counts_from_its_base() {
    bench.send(
        UplinkKind.TELEMETRY,
        Report.newBuilder()
            .setBaseTime(NOW - 60_000)
            .addSeries(series("x", at(), 1, 2, 3).toBuilder().setPeriod(10_000))
            .build()
            .toByteArray());

    assertThat(bench.samples()).containsExactly("x@-60000=1.0", "x@-50000=2.0", "x@-40000=3.0");
  }

  @Test
  void report_without_a_time_has_its_newest_sample_at_its_receipt() {
    bench.send(
        UplinkKind.TELEMETRY,
        Report.newBuilder()
            .addSeries(series("x", at(), 1, 2, 3).toBuilder().setPeriod(1_000))
            .build()
            .toByteArray());

    assertThat(bench.samples()).containsExactly("x@-2000=1.0", "x@-1000=2.0", "x@0=3.0");
  }

  @Test
  void report_out_of_order_is_brought_into_the_order_of_time() {
    bench.send(
        UplinkKind.TELEMETRY,
        report(
                series("a", at(-1, -3, -2, -3), 1, 3, 2, 33),
                series("b", at(-9), 9),
                series("a", at(-4, -1), 4, 11))
            .toByteArray());

    assertThat(bench.samples())
        .containsExactly("a@-4=4.0", "a@-3=33.0", "a@-2=2.0", "a@-1=11.0", "b@-9=9.0");
  }

  @Test
  void report_whose_fields_come_in_any_order_and_unpacked_reads_the_same() throws Exception {
    java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
    com.google.protobuf.CodedOutputStream out =
        com.google.protobuf.CodedOutputStream.newInstance(bytes);
    java.io.ByteArrayOutputStream inner = new java.io.ByteArrayOutputStream();
    com.google.protobuf.CodedOutputStream series =
        com.google.protobuf.CodedOutputStream.newInstance(inner);
    series.writeDouble(4, 1);
    series.writeString(99, "of a later version");
    series.writeSInt32(2, -10);
    series.writeDouble(4, 2);
    series.writeSInt32(2, -5);
    series.writeString(1, "x");
    series.flush();
    out.writeByteArray(3, inner.toByteArray());
    out.writeSInt64(2, NOW);
    out.flush();

    bench.send(UplinkKind.TELEMETRY, bytes.toByteArray());

    assertThat(bench.samples()).containsExactly("x@-10=1.0", "x@-5=2.0");
  }

  @Test
  void plain_json_gives_a_sample_a_member() {
    bench.send(
        UplinkKind.TELEMETRY,
        """
        {"t": 1795308448157, "engine.coolant": 91.5, "engine": {"rpm": 900, "oil": {"low": true}},
         "door": false, "absent": null}
        """);

    assertThat(bench.samples())
        .containsExactly(
            "engine.coolant@-100=91.5",
            "engine.rpm@-100=900.0",
            "engine.oil.low@-100=1.0",
            "door@-100=0.0");
  }

  @Test
  void plain_json_without_a_time_has_that_of_its_receipt() {
    bench.send(UplinkKind.TELEMETRY, "{\"x\": 1}");

    assertThat(bench.samples()).containsExactly("x@0=1.0");
  }

  @Test
  void plain_json_array_gives_a_moment_an_object_wherever_its_time_stands() {
    bench.send(
        UplinkKind.TELEMETRY,
        """
        [{"x": 2, "t": 1795308448256}, {"t": 1795308448255.0, "x": 1, "y": 5}]
        """);

    assertThat(bench.samples()).containsExactly("x@-2=1.0", "x@-1=2.0", "y@-2=5.0");
  }

  @Test
  void report_in_its_json_form_reads_like_the_binary() throws Exception {
    Report report =
        report(series("engine.coolant", at(-2, -1), 91.5, 92)).toBuilder()
            .setOrigin(origin(0xFFFFFFFFFFFFFFFEL, 7))
            .build();

    bench.send(UplinkKind.TELEMETRY, JsonFormat.printer().print(report));
    bench.send(UplinkKind.TELEMETRY, report.toByteArray());

    assertThat(bench.samples()).containsExactly("engine.coolant@-2=91.5", "engine.coolant@-1=92.0");
    assertThat(bench.rejects)
        .extracting(Reject::reason)
        .containsExactly(ReasonCode.DUPLICATE_SEQUENCE);
  }

  @Test
  void fault_report_gives_its_codes() throws InvalidProtocolBufferException {
    FaultReport report =
        FaultReport.newBuilder()
            .setTime(NOW - 5)
            .setSource("ecm")
            .setComplete(true)
            .addFaults(
                FaultCode.newBuilder()
                    .setCode("P0301")
                    .setStatus(0x2F)
                    .setCount(3)
                    .putFreezeFrame("engine.rpm", 900))
            .build();
    Telemetry expected =
        new Telemetry.FaultCodes(
            NOW - 5,
            "ecm",
            true,
            List.of(new Telemetry.Code("P0301", 0x2F, 3, Map.of("engine.rpm", 900.0))));

    bench.send(UplinkKind.FAULTS, report.toByteArray());
    bench.send(UplinkKind.FAULTS, JsonFormat.printer().print(report));

    assertThat(bench.telemetry).containsExactly(expected, expected);
  }

  @Test
  void fault_report_that_is_complete_and_empty_says_that_there_is_none() {
    bench.send(UplinkKind.FAULTS, FaultReport.newBuilder().setComplete(true).build().toByteArray());
    bench.send(UplinkKind.FAULTS, "{\"complete\": true}");
    bench.send(UplinkKind.FAULTS, "{\"complete\": true, \"codes\": []}");

    assertThat(bench.telemetry)
        .hasSize(3)
        .containsOnly(new Telemetry.FaultCodes(NOW, "", true, List.of()));
  }

  @Test
  void plain_fault_has_a_status_unless_it_says_one() {
    bench.send(UplinkKind.FAULTS, "{\"t\": 1795308448000, \"code\": \"P0301\", \"status\": 47}");
    bench.send(UplinkKind.FAULTS, "[{\"code\": \"P0301\"}, {\"code\": \"P0302\", \"count\": 2}]");

    assertThat(bench.telemetry)
        .containsExactly(
            faults(1795308448000L, false, new Telemetry.Code("P0301", 47, 0, Map.of())),
            faults(NOW, false, new Telemetry.Code("P0301", 9, 0, Map.of())),
            faults(NOW, false, new Telemetry.Code("P0302", 9, 2, Map.of())));
  }

  @Test
  void plain_faults_of_one_moment_may_be_texts_or_objects() {
    bench.send(
        UplinkKind.FAULTS,
        """
        {"complete": true, "codes": ["P0301", {"code": "P0420", "status": 8, "freezeFrame": {"rpm": 9}}]}
        """);

    assertThat(bench.telemetry)
        .containsExactly(
            faults(
                NOW,
                true,
                new Telemetry.Code("P0301", 9, 0, Map.of()),
                new Telemetry.Code("P0420", 8, 0, Map.of("rpm", 9.0))));
  }

  private static Telemetry faults(long time, boolean complete, Telemetry.Code... codes) {
    return new Telemetry.FaultCodes(time, "", complete, List.of(codes));
  }

  @Test
  void frames_give_their_columns() throws InvalidProtocolBufferException {
    FrameBatch batch =
        FrameBatch.newBuilder()
            .setBaseTime(NOW - 1_000)
            .addRuns(run("can0", "0102", "030405"))
            .addRuns(run("can1", "FF"))
            .build();

    bench.send(UplinkKind.FRAMES, batch.toByteArray());
    bench.send(UplinkKind.FRAMES, JsonFormat.printer().print(batch));

    assertThat(bench.telemetry).hasSize(4);
    assertThat(bench.telemetry.get(0)).isInstanceOf(Telemetry.Frames.class);
    Telemetry.Frames frames = (Telemetry.Frames) bench.telemetry.get(0);
    assertThat(frames.bus()).isEqualTo("can0");
    assertThat(frames.micros()).containsExactly((NOW - 1_000) * 1_000, (NOW - 1_000) * 1_000 + 250);
    assertThat(frames.ids()).containsExactly(0x98FEF100, 0x98FEF101);
    assertThat(frames.ends()).containsExactly(2, 5);
    assertThat(frames.data()).containsExactly(1, 2, 3, 4, 5);
    assertThat(frames.time()).isEqualTo(NOW - 1_000);
  }

  private static FrameRun run(String bus, String... hex) {
    FrameRun.Builder run = FrameRun.newBuilder().setBus(bus);
    ByteString data = ByteString.EMPTY;
    for (int i = 0; i < hex.length; i++) {
      byte[] frame = java.util.HexFormat.of().parseHex(hex[i]);
      run.addOffsetUs(i * 250L).addId(0x98FEF100 + i).addLength(frame.length);
      data = data.concat(ByteString.copyFrom(frame));
    }
    return run.setData(data).build();
  }

  @Test
  void frames_whose_lengths_do_not_add_up_are_truncated() {
    FrameRun run = run("can0", "0102", "030405");

    reject(UplinkKind.FRAMES, frames(run.toBuilder().setData(run.getData().substring(1))));
    reject(UplinkKind.FRAMES, frames(run.toBuilder().setLength(0, 1)));

    assertReasons(ReasonCode.TRUNCATED_FRAME, ReasonCode.TRUNCATED_FRAME);
  }

  @Test
  void frames_of_columns_of_unequal_length_have_the_wrong_shape() {
    FrameRun run = run("can0", "0102", "030405");

    reject(UplinkKind.FRAMES, frames(run.toBuilder().addId(1)));
    reject(UplinkKind.FRAMES, frames(run.toBuilder().clearOffsetUs()));
    reject(UplinkKind.FRAMES, frames(run.toBuilder().setLength(0, -1)));

    assertReasons(ReasonCode.WRONG_SHAPE, ReasonCode.WRONG_SHAPE, ReasonCode.WRONG_SHAPE);
  }

  private static byte[] frames(FrameRun.Builder run) {
    return FrameBatch.newBuilder().setBaseTime(NOW).addRuns(run).build().toByteArray();
  }

  @Test
  void reply_and_update_read_in_both_forms() throws InvalidProtocolBufferException {
    CommandReply reply =
        CommandReply.newBuilder()
            .setCommandId("c-1")
            .setOutcome(CommandReply.Outcome.DONE)
            .setDetail("installed")
            .putProof("version", "1.0.2")
            .build();
    UpdateStatus update =
        UpdateStatus.newBuilder()
            .setTime(NOW - 1)
            .setCampaignId("k-1")
            .setStep(UpdateStatus.Step.ROLLED_BACK)
            .setPercent(100)
            .setReason("SLOT_DID_NOT_START")
            .putSoftware("app", "1.0.1")
            .build();

    bench.send(UplinkKind.REPLIES, reply.toByteArray());
    bench.send(UplinkKind.REPLIES, JsonFormat.printer().print(reply));
    bench.send(UplinkKind.UPDATES, update.toByteArray());
    bench.send(UplinkKind.UPDATES, JsonFormat.printer().preservingProtoFieldNames().print(update));

    Telemetry said =
        new Telemetry.Reply(
            NOW, "c-1", Telemetry.Outcome.DONE, "installed", Map.of("version", "1.0.2"));
    Telemetry done =
        new Telemetry.Update(
            NOW - 1,
            "k-1",
            Telemetry.UpdateStep.ROLLED_BACK,
            100,
            "SLOT_DID_NOT_START",
            "",
            Map.of("app", "1.0.1"));
    assertThat(bench.telemetry).containsExactly(said, said, done, done);
  }

  @Test
  void presence_has_the_time_of_its_receipt() {
    bench.send(
        UplinkKind.PRESENCE, "{\"online\": true, \"via\": \"mqtt\", \"reason\": \"connected\"}");

    assertThat(bench.only(Telemetry.Presence.class))
        .isEqualTo(new Telemetry.Presence(NOW, true, "mqtt", "connected"));
  }

  @ParameterizedTest
  @CsvSource({
    "application/json, true",
    "Application/JSON; charset=utf-8, true",
    "text/plain, true",
    "'', true",
    "application/octet-stream, true",
    "application/x-protobuf, false",
    "application/protobuf;messageType=Report, false",
    "application/octet-stream, false",
    "'', false"
  })
  void content_type_or_the_first_byte_chooses_the_reader(String contentType, boolean json) {
    byte[] body =
        json
            ? "{\"x\": 1}".getBytes(StandardCharsets.UTF_8)
            : report(series("x", at(0), 1)).toByteArray();

    bench.send(UplinkKind.TELEMETRY, contentType, body);

    assertThat(bench.samples()).containsExactly("x@0=1.0");
  }

  @Test
  void reject_keeps_the_bytes_and_where_they_stood() {
    byte[] body = {1, 2, 3};

    bench.send(UplinkKind.TELEMETRY, "image/png", body);

    assertThat(bench.telemetry).isEmpty();
    assertThat(bench.rejects)
        .containsExactly(
            new Reject(
                NOW,
                ReasonCode.UNSUPPORTED_CONTENT_TYPE,
                "'image/png'",
                "mqtt",
                "v1/telemetry",
                "image/png",
                body,
                Optional.of(new Position("uplink", 0, 0))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "TELEMETRY | ''                                  | EMPTY_PAYLOAD",
        "TELEMETRY | {                                   | MALFORMED_JSON",
        "TELEMETRY | {\"x\": 1} {\"y\": 2}               | MALFORMED_JSON",
        "TELEMETRY | {\"x\": NaN}                        | MALFORMED_JSON",
        "TELEMETRY | {\"x\": \"hot\", \"y\"              | MALFORMED_JSON",
        "TELEMETRY | {\"x\": \"hot\"}                    | WRONG_SHAPE",
        "TELEMETRY | {\"x\": [1, 2]}                     | WRONG_SHAPE",
        "TELEMETRY | {\"x\": 1e999}                      | WRONG_SHAPE",
        "TELEMETRY | {\"t\": \"now\", \"x\": 1}          | WRONG_SHAPE",
        "TELEMETRY | {\"t\": -5, \"x\": 1}               | WRONG_SHAPE",
        "TELEMETRY | {}                                  | WRONG_SHAPE",
        "TELEMETRY | {\"t\": 1}                          | WRONG_SHAPE",
        "TELEMETRY | []                                  | WRONG_SHAPE",
        "TELEMETRY | [1]                                 | WRONG_SHAPE",
        "TELEMETRY | {\"a b\": 1}                        | INVALID_NAME",
        "TELEMETRY | {\"\": 1}                           | INVALID_NAME",
        "TELEMETRY | {\"t\": 1795308748258, \"x\": 1}    | TIME_IN_FUTURE",
        "TELEMETRY | {\"series\": []}                    | WRONG_SHAPE",
        "TELEMETRY | {\"series\": [{\"singal\": \"x\"}]} | WRONG_SHAPE",
        "TELEMETRY | {\"origin\": {\"sequence\": \"1e999999999\"}, \"series\": []} | WRONG_SHAPE",
        "FAULTS    | {}                                  | WRONG_SHAPE",
        "FAULTS    | {\"code\": \"\"}                    | WRONG_SHAPE",
        "FAULTS    | {\"code\": 301}                     | WRONG_SHAPE",
        "FAULTS    | {\"code\": \"P0301\", \"status\": 256} | WRONG_SHAPE",
        "FAULTS    | {\"code\": \"P0301\", \"stauts\": 9} | WRONG_SHAPE",
        "FAULTS    | {\"codes\": [null]}                 | WRONG_SHAPE",
        "FAULTS    | {\"code\": \"P0301\", \"freezeFrame\": {\"r p m\": 1}} | INVALID_NAME",
        "FRAMES    | {}                                  | WRONG_SHAPE",
        "FRAMES    | {\"runs\": [{\"data\": \"!\"}]}     | WRONG_SHAPE",
        "REPLIES   | {\"commandId\": \"c\"}              | WRONG_SHAPE",
        "REPLIES   | {\"outcome\": \"DONE\"}             | WRONG_SHAPE",
        "REPLIES   | {\"commandId\": \"c\", \"outcome\": \"MAYBE\"} | WRONG_SHAPE",
        "REPLIES   | [                                   | MALFORMED_JSON",
        "UPDATES   | {\"step\": \"RUNNING\", \"percent\": 101} | WRONG_SHAPE",
        "PRESENCE  | {\"via\": \"mqtt\"}                 | WRONG_SHAPE",
      })
  void json_that_can_not_stand_is_rejected_with_its_reason(
      UplinkKind kind, String json, ReasonCode reason) {
    bench.send(kind, json);

    assertReasons(reason);
    assertThat(bench.rejects.get(0).detail()).isNotBlank();
  }

  @Test
  void reject_of_a_text_names_the_field() {
    bench.send(UplinkKind.TELEMETRY, "{\"engine\": {\"state\": \"hot\"}}");

    assertThat(bench.rejects.get(0).detail()).contains("engine.state");
  }

  @Test
  void protobuf_that_can_not_stand_is_rejected_with_its_reason() {
    reject(UplinkKind.TELEMETRY, new byte[] {0x1A, 0x7F});
    reject(UplinkKind.TELEMETRY, new byte[] {0x1A, 0x7F, 0x12, 0x50, 1});
    reject(UplinkKind.TELEMETRY, new byte[] {0x1A, 0x7F, 0x22, 0x50, 1});
    reject(UplinkKind.TELEMETRY, new byte[] {0x1A, 3, 0x12, 1, (byte) 0x80});
    reject(UplinkKind.TELEMETRY, report().toByteArray());
    reject(UplinkKind.TELEMETRY, report(series("x", at(1, 2), 1)).toByteArray());
    reject(UplinkKind.TELEMETRY, report(series("x", at(0), Double.NaN)).toByteArray());
    reject(UplinkKind.TELEMETRY, report(series("x y", at(0), 1)).toByteArray());
    reject(UplinkKind.TELEMETRY, report(series("x", at(300_001), 1)).toByteArray());
    reject(
        UplinkKind.TELEMETRY,
        Report.newBuilder()
            .setBaseTime(Long.MAX_VALUE)
            .addSeries(series("x", at(1), 1))
            .build()
            .toByteArray());
    reject(
        UplinkKind.TELEMETRY,
        Report.newBuilder().setBaseTime(-1).addSeries(series("x", at(0), 1)).build().toByteArray());
    reject(UplinkKind.TELEMETRY, report(series("x", at(), new double[100_001])).toByteArray());
    reject(UplinkKind.FAULTS, new byte[] {(byte) 0xFF});

    assertReasons(
        ReasonCode.MALFORMED_PROTOBUF,
        ReasonCode.MALFORMED_PROTOBUF,
        ReasonCode.MALFORMED_PROTOBUF,
        ReasonCode.MALFORMED_PROTOBUF,
        ReasonCode.WRONG_SHAPE,
        ReasonCode.WRONG_SHAPE,
        ReasonCode.WRONG_SHAPE,
        ReasonCode.INVALID_NAME,
        ReasonCode.TIME_IN_FUTURE,
        ReasonCode.WRONG_SHAPE,
        ReasonCode.WRONG_SHAPE,
        ReasonCode.WRONG_SHAPE,
        ReasonCode.MALFORMED_PROTOBUF);
  }

  @Test
  void json_beyond_its_depth_is_malformed() {
    bench.send(UplinkKind.TELEMETRY, "{\"a\":".repeat(10_000) + "1" + "}".repeat(10_000));
    bench.send(UplinkKind.REPLIES, "{\"a\":".repeat(10_000) + "1" + "}".repeat(10_000));

    assertReasons(ReasonCode.MALFORMED_JSON, ReasonCode.MALFORMED_JSON);
  }

  @Test
  void reader_that_fails_costs_the_message_and_not_the_stage() {
    PayloadReader broken =
        new PayloadReader() {
          @Override
          public java.util.Set<String> contentTypes() {
            return java.util.Set.of(Decoding.JSON, Decoding.PROTOBUF);
          }

          @Override
          public Decoded read(Uplink uplink) {
            throw new IllegalStateException("a defect");
          }
        };
    Decoding decoding =
        new Decoding(
            io.foretell.proto.wire.Topics.TELEMETRY,
            io.foretell.proto.wire.Topics.REJECTS,
            List.of(broken),
            Limits.DEFAULT);

    decoding.apply(
        decoding.initial(TRUCK),
        new Entry<>(
            new Position("uplink", 0, 0),
            0,
            TRUCK,
            NOW,
            new Uplink(UplinkKind.TELEMETRY, NOW, "", "mqtt", new byte[] {1})),
        bench);

    assertReasons(ReasonCode.INTERNAL);
  }

  private static io.foretell.proto.v1.Origin origin(long boot, long sequence) {
    return io.foretell.proto.v1.Origin.newBuilder().setBootId(boot).setSequence(sequence).build();
  }

  private void reject(UplinkKind kind, byte[] payload) {
    bench.send(kind, "application/protobuf", payload);
  }

  private void assertReasons(ReasonCode... reasons) {
    assertThat(bench.rejects).extracting(Reject::reason).containsExactly(reasons);
  }
}
