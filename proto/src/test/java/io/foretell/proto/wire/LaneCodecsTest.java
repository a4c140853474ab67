package io.foretell.proto.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.foretell.proto.Codec;
import io.foretell.proto.Command;
import io.foretell.proto.Delivery;
import io.foretell.proto.Fault;
import io.foretell.proto.Finding;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.Position;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Reject;
import io.foretell.proto.Severity;
import io.foretell.proto.TicketEvent;
import io.foretell.proto.Uplink;
import io.foretell.proto.UplinkKind;
import io.foretell.proto.v1.UplinkRecord;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class LaneCodecsTest {
  @Property(tries = 300)
  void uplink_any_comes_back_as_it_went(@ForAll("uplinks") Uplink uplink) {
    assertSame(new UplinkCodec(), uplink);
  }

  @Property(tries = 300)
  void uplink_written_by_hand_is_the_message_of_the_schema(@ForAll("uplinks") Uplink uplink)
      throws Exception {
    UplinkRecord message = UplinkRecord.parseFrom(new UplinkCodec().encode(uplink));

    assertThat(message.getKind()).isEqualTo(uplink.kind().number());
    assertThat(message.getReceivedAt()).isEqualTo(uplink.receivedAt());
    assertThat(message.getContentType()).isEqualTo(uplink.contentType());
    assertThat(message.getVia()).isEqualTo(uplink.via());
    assertThat(message.getPayload().toByteArray()).isEqualTo(uplink.payload());
    Delivery delivery = uplink.delivery().orElse(new Delivery(0, 0, 0, 0, false));
    assertThat(message.getSession()).isEqualTo(delivery.session());
    assertThat(message.getPacketId()).isEqualTo(delivery.packetId());
    assertThat(message.getNumber()).isEqualTo(delivery.number());
    assertThat(message.getNoted()).isEqualTo(delivery.noted());
    assertThat(message.getRepeated()).isEqualTo(delivery.repeated());
    assertThat(message.getUnknownFields().asMap()).isEmpty();
    assertThat(new UplinkCodec().decode(message.toByteArray()))
        .usingRecursiveComparison()
        .isEqualTo(uplink);
  }

  @Property(tries = 300)
  void reject_any_comes_back_as_it_went(@ForAll("rejects") Reject reject) {
    assertSame(new RejectCodec(), reject);
  }

  @Property(tries = 300)
  void finding_any_comes_back_as_it_went_in_the_same_bytes(@ForAll("findings") Finding finding) {
    assertSame(new FindingCodec(), finding);
    byte[] bytes = new FindingCodec().encode(finding);
    assertThat(new FindingCodec().encode(new FindingCodec().decode(bytes))).isEqualTo(bytes);
  }

  @Property(tries = 300)
  void ticket_event_any_comes_back_as_it_went(@ForAll("tickets") TicketEvent ticket) {
    assertSame(new TicketEventCodec(), ticket);
  }

  @Property(tries = 300)
  void command_any_comes_back_as_it_went(@ForAll("commands") Command command) {
    assertSame(new CommandCodec(), command);
  }

  @Property(tries = 1000)
  void garbage_is_refused_as_invalid_input_or_read(@ForAll byte[] garbage) {
    for (Codec<?> codec : codecs()) {
      Throwable thrown = catchThrowable(() -> codec.decode(garbage));
      if (thrown != null) {
        assertThat(thrown).isInstanceOf(InvalidInputException.class);
      }
    }
  }

  @Property(tries = 300)
  void uplink_cut_short_is_never_another_error(
      @ForAll("uplinks") Uplink uplink, @ForAll int where) {
    byte[] bytes = new UplinkCodec().encode(uplink);
    byte[] cut = Arrays.copyOf(bytes, Math.floorMod(where, bytes.length));

    Throwable thrown = catchThrowable(() -> new UplinkCodec().decode(cut));

    if (thrown != null) {
      assertThat(thrown).isInstanceOf(InvalidInputException.class);
    }
  }

  @Test
  void text_is_no_lane_record() {
    for (Codec<?> codec : codecs()) {
      assertThatExceptionOfType(InvalidInputException.class)
          .isThrownBy(() -> codec.decode("{\"t\": 1}".getBytes(UTF_8)));
    }
  }

  @Test
  void no_bytes_are_no_lane_record() {
    for (Codec<?> codec : codecs()) {
      assertThatExceptionOfType(InvalidInputException.class)
          .isThrownBy(() -> codec.decode(new byte[0]))
          .extracting(InvalidInputException::reason)
          .isEqualTo(ReasonCode.WRONG_SHAPE);
    }
  }

  @Test
  void uplink_with_a_field_of_a_later_version_is_read() {
    Uplink uplink = new Uplink(UplinkKind.FAULTS, 5, "", "mqtt", new byte[] {1});
    byte[] bytes = new UplinkCodec().encode(uplink);
    byte[] later = Arrays.copyOf(bytes, bytes.length + 2);
    later[bytes.length] = 15 << 3;
    later[bytes.length + 1] = 1;

    assertThat(new UplinkCodec().decode(later)).usingRecursiveComparison().isEqualTo(uplink);
  }

  @Test
  void lanes_are_durable_and_telemetry_is_not() {
    assertThat(
            List.of(
                Topics.UPLINK, Topics.FINDINGS, Topics.TICKETS, Topics.COMMANDS, Topics.REJECTS))
        .allMatch(topic -> topic.durable())
        .extracting(topic -> topic.name())
        .containsExactly("uplink", "findings", "tickets", "commands", "rejects");
    assertThat(Topics.TELEMETRY.durable()).isFalse();
    assertThat(Topics.TELEMETRY.name()).isEqualTo("telemetry");
  }

  private static List<Codec<?>> codecs() {
    return List.of(
        new UplinkCodec(),
        new RejectCodec(),
        new FindingCodec(),
        new TicketEventCodec(),
        new CommandCodec());
  }

  private static <T> void assertSame(Codec<T> codec, T value) {
    assertThat(codec.decode(codec.encode(value))).usingRecursiveComparison().isEqualTo(value);
  }

  @Provide
  Arbitrary<Uplink> uplinks() {
    return Combinators.combine(
            Arbitraries.of(UplinkKind.class),
            Arbitraries.longs(),
            text(),
            Arbitraries.of("mqtt", "coap", "http", "gateway", ""),
            bytes(),
            deliveries().optional())
        .as(Uplink::new);
  }

  // Session 0 is that of a message without.
  private static Arbitrary<Delivery> deliveries() {
    return Combinators.combine(
            Arbitraries.longs().filter(session -> session != 0),
            Arbitraries.integers().between(1, 65_535),
            Arbitraries.longs().greaterOrEqual(1),
            Arbitraries.longs().greaterOrEqual(0),
            Arbitraries.of(true, false))
        .as(Delivery::new);
  }

  @Provide
  Arbitrary<Reject> rejects() {
    Arbitrary<Optional<Position>> from =
        Combinators.combine(
                Arbitraries.of("uplink", "findings"),
                Arbitraries.integers().between(0, 63),
                Arbitraries.longs().greaterOrEqual(0))
            .as(Position::new)
            .optional();
    return Combinators.combine(
            Arbitraries.longs(),
            Arbitraries.of(ReasonCode.class),
            text(),
            text(),
            text(),
            text(),
            bytes(),
            from)
        .as(Reject::new);
  }

  @Provide
  Arbitrary<TicketEvent> tickets() {
    return Combinators.combine(
            text(),
            text(),
            Arbitraries.of(TicketEvent.State.class),
            Arbitraries.of(TicketEvent.Urgency.class),
            Arbitraries.longs(),
            Arbitraries.longs(),
            text(),
            Arbitraries.integers().greaterOrEqual(0))
        .as(
            (id, cause, state, urgency, at, openedAt, note, reopened) ->
                new TicketEvent(
                    id, cause, cause + "!", state, urgency, at, openedAt, note, reopened));
  }

  @Provide
  Arbitrary<Command> commands() {
    return Combinators.combine(
            text().filter(id -> !id.isEmpty()),
            Arbitraries.of("install", "routine", "reboot"),
            text(),
            Arbitraries.longs(),
            Arbitraries.longs(),
            text().list().ofMaxSize(4),
            text())
        .as(Command::new);
  }

  @Provide
  Arbitrary<Finding> findings() {
    Arbitrary<Finding> bare =
        Combinators.combine(
                text(),
                Arbitraries.of(Finding.Kind.class),
                Arbitraries.of(Severity.class),
                Arbitraries.doubles().between(0, 1),
                Arbitraries.longs().between(0, Long.MAX_VALUE / 2).map(Duration::ofMillis),
                Arbitraries.longs(),
                Arbitraries.integers().greaterOrEqual(1),
                faults().optional())
            .as(
                (id, kind, severity, confidence, horizon, at, occurrences, fault) ->
                    new Finding(
                        id,
                        kind,
                        "cause " + id,
                        "title " + id,
                        severity,
                        confidence,
                        occurrences % 2 == 0 ? Optional.empty() : Optional.of(horizon),
                        at,
                        at - 5,
                        occurrences,
                        fault,
                        List.of(),
                        "model/1"));
    return Combinators.combine(bare, evidence().list().ofMaxSize(4))
        .as(
            (f, evidence) ->
                new Finding(
                    f.id(),
                    f.kind(),
                    f.cause(),
                    f.title(),
                    f.severity(),
                    f.confidence(),
                    f.horizon(),
                    f.at(),
                    f.since(),
                    f.occurrences(),
                    f.fault(),
                    evidence,
                    f.model()));
  }

  private static Arbitrary<Finding.Evidence> evidence() {
    return Combinators.combine(
            Arbitraries.of("fault", "signal"), Arbitraries.longs(), text(), figures())
        .as(Finding.Evidence::new);
  }

  private static Arbitrary<Fault> faults() {
    return Combinators.combine(
            Arbitraries.of("obd", "uds", "j1939"),
            text(),
            text(),
            Arbitraries.integers().between(-1, 255),
            Arbitraries.integers().between(0, 255),
            Arbitraries.of(Fault.Lamp.class),
            Arbitraries.integers().greaterOrEqual(0),
            figures())
        .as(
            (family, system, code, subType, status, lamp, count, frame) ->
                new Fault(family, system, code, subType, status, lamp, count, frame, "t" + code));
  }

  private static Arbitrary<Map<String, Double>> figures() {
    return Arbitraries.maps(text(), Arbitraries.doubles()).ofMaxSize(4);
  }

  private static Arbitrary<String> text() {
    return Arbitraries.strings().ascii().withChars('ä', '中', '€').ofMaxLength(20);
  }

  private static Arbitrary<byte[]> bytes() {
    return Arbitraries.bytes().array(byte[].class).ofMaxSize(300);
  }
}
