package io.foretell.diagnostics.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foretell.diagnostics.Observation;
import io.foretell.diagnostics.tables.json.TableFiles;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Fault;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.Telemetry;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableReaderTest {
  private static final DeviceId DEVICE = new DeviceId("default", "pack");
  private static final String FILE =
      """
      {"table": "acme-bms", "version": 3, "maker": "Acme", "registers": [
        {"name": "bms.alarm", "system": "pack", "kind": "bits", "codes": [
          {"bit": 0, "code": "A01", "text": "Cell over voltage", "zh": "单体过压",
           "urgency": "critical", "causes": ["Charger"], "check": "Stop charging"},
          {"bit": 3, "code": "A04", "text": "Cell temperature", "urgency": "major"}]},
        {"name": "bms.error", "kind": "values", "mask": "0xFF00", "good": [255], "codes": [
          {"value": "0x11", "code": "E17", "text": "Contactor welded", "lamp": "red stop"}]}]}
      """;
  private static final CodeTable TABLE = TableFiles.read(FILE);

  @Test
  void bits_and_values_become_faults_and_unknown_ones_keep_their_place() {
    Register alarm = Objects.requireNonNull(TABLE.registers().get("bms.alarm"));
    Register error = Objects.requireNonNull(TABLE.registers().get("bms.error"));

    assertThat(alarm.faults(0b1101))
        .extracting(Fault::identity)
        .containsExactly("maker:pack:A01", "maker:pack:bms.alarm.2", "maker:pack:A04");
    assertThat(alarm.faults(1).get(0).lamp()).isEqualTo(Fault.Lamp.RED_STOP);
    assertThat(alarm.faults(-1)).hasSize(64);
    assertThat(error.faults(0x1122)).extracting(Fault::code).containsExactly("E17");
    assertThat(error.faults(0xFF00)).isEmpty();
    assertThat(error.faults(0x00FF)).isEmpty();
    assertThat(error.faults(0x1200).get(0).title())
        .isEqualTo("Code that the table does not name: bms.error=18");
  }

  @Test
  void register_speaks_when_it_changes_and_for_itself_alone() {
    TableReader reader = new TableReader(List.of(TABLE));
    TableMemory memory = reader.fresh();

    List<Observation> first =
        reader.read(memory, DEVICE, signals("bms.alarm", new long[] {10, 20, 30}, 1, 1, 0));
    memory = reader.codec().decode(reader.codec().encode(memory));
    List<Observation> then =
        reader.read(memory, DEVICE, signals("bms.alarm", new long[] {40, 50}, 0, 8));

    assertThat(first).extracting(Observation::time).containsExactly(10L, 30L);
    assertThat(first.get(1).faults()).isEmpty();
    assertThat(first.get(1).complete()).isTrue();
    assertThat(then).extracting(Observation::time).containsExactly(50L);
    assertThat(then.get(0).source()).isEqualTo("bms.alarm");
    assertThat(reader.read(memory, DEVICE, signals("other", new long[] {60}, 1))).isEmpty();
  }

  @Property(tries = 200)
  void encoded_codes_are_decoded(@ForAll long seed) {
    Random random = new Random(seed);
    for (Register register : TABLE.registers().values()) {
      List<String> all =
          register.codes().values().stream()
              .map(TableCode::code)
              .filter(code -> !code.equals(Register.GOOD))
              .toList();
      List<String> wanted =
          register.kind() == Register.Kind.BITS
              ? all.stream().filter(code -> random.nextBoolean()).toList()
              : all.subList(0, random.nextInt(2));

      assertThat(register.faults(register.value(wanted)))
          .extracting(Fault::code)
          .containsExactlyElementsOf(wanted);
    }
  }

  @Property(tries = 400)
  void mutated_table_is_read_or_refused_with_its_place(@ForAll long seed) {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder(FILE);
    for (int i = random.nextInt(5); i >= 0; i--) {
      int at = random.nextInt(text.length());
      if (random.nextBoolean()) {
        text.deleteCharAt(at);
      } else {
        text.setCharAt(at, "\"{}[]:,0x9- A".charAt(random.nextInt(13)));
      }
    }
    try {
      TableFiles.read(text.toString()).registers().values().forEach(r -> r.faults(seed));
    } catch (InvalidInputException e) {
      assertThat(e.detail()).isNotBlank();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{",
        "{\"table\":\"a\"}",
        "{\"table\":\"a\",\"registers\":[{\"name\":\"r\",\"kind\":\"words\",\"codes\":[]}]}",
        "{\"table\":\"a\",\"registers\":[{\"name\":\"r\",\"kind\":\"bits\",\"mask\":0,\"codes\":[]}]}",
        "{\"table\":\"a\",\"registers\":[{\"name\":\"r\",\"kind\":\"bits\",\"codes\":[{\"bit\":64,"
            + "\"code\":\"c\",\"text\":\"t\"}]}]}",
        "{\"table\":\"a\",\"registers\":[{\"name\":\"r\",\"kind\":\"bits\",\"codes\":[{\"bit\":1,"
            + "\"code\":\"c\",\"text\":\"t\",\"urgency\":\"soon\"}]}]}"
      })
  void wrong_table_is_refused(String text) {
    assertThatThrownBy(() -> TableFiles.read(text)).isInstanceOf(InvalidInputException.class);
  }

  private static Telemetry.Signals signals(String name, long[] times, double... values) {
    return new Telemetry.Signals(
        times[times.length - 1], List.of(name), List.of(times), List.of(values));
  }
}
