package io.foretell.diagnostics.signals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foretell.diagnostics.signals.json.ManifestFiles;
import io.foretell.diagnostics.tables.json.TableFiles;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Telemetry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrameDecoderTest {
  private static final int EXTENDED = 1 << 31;
  private static final String MANIFEST =
      """
      {"manifest": "truck", "version": 2, "models": ["truck-2016", "van-*"],
       "buses": {
         "can0": {"protocol": "j1939", "dbc": ["body.dbc"], "mapping": "vss.json"},
         "*": {"dbc": ["body.dbc"], "keep": "mapped",
               "mapping": {"Body.Level": {"to": "Vehicle.Fuel", "factor": 0.5, "offset": 1}}}},
       "spn": {"11": 1}}
      """;

  @TempDir Path folder;

  @BeforeEach
  void files() throws IOException {
    Files.writeString(
        folder.resolve("body.dbc"),
        "BO_ 256 Body: 8 X\n"
            + " SG_ Level : 0|8@1+ (2,0) [0|0] \"\" X\n"
            + " SG_ Door : 8|8@1+ (1,0) [0|0] \"\" X\n"
            + " SG_ Bad\n"
            + "BO_ 2566844926 CCVS: 8 X\n"
            + " SG_ Own : 8|16@1+ (1,0) [0|0] \"\" X\n");
    Files.writeString(
        folder.resolve("vss.json"),
        "{\"mapping\":\"body\",\"version\":1,\"signals\":{\"Door\":\"Vehicle.Door\",\"Nix\":\"x\"}}");
  }

  @Test
  void frames_become_named_signals() throws IOException {
    Manifest manifest = manifest(MANIFEST);
    FrameDecoder decoder = new FrameDecoder(manifest);

    assertThat(decode(decoder, "can0", 256, "0A05"))
        .isEqualTo(Map.of("Body.Level", 20.0, "Vehicle.Door", 5.0));
    assertThat(decode(decoder, "can7", 256, "0A05")).isEqualTo(Map.of("Vehicle.Fuel", 11.0));
    // A group that the file names is the file's, from whatever source; others are the standard's.
    assertThat(decode(decoder, "can0", EXTENDED | 0x18FEF121, "FF1000FFFFFFFFFF"))
        .isEqualTo(Map.of("CCVS.Own", 16.0));
    assertThat(decode(decoder, "can0", EXTENDED | 0x0CF00400, "F07D87681300FFFF"))
        .containsEntry("Vehicle.Powertrain.CombustionEngine.Speed", 621.0)
        .containsEntry("j1939.spn.513", 10.0);
    assertThat(decode(decoder, "can7", EXTENDED | 0x0CF00400, "F07D87681300FFFF")).isEmpty();
    assertThat(manifest.notices())
        .containsExactlyInAnyOrder(
            "body.dbc: line 4: no signal: SG_ name : start|bits@order sign (factor,offset): SG_"
                + " Bad",
            "buses.can0.mapping: no file has a signal Nix",
            "body.dbc: line 4: no signal: SG_ name : start|bits@order sign (factor,offset): SG_"
                + " Bad");
  }

  @Test
  void capture_becomes_telemetry_in_order_of_time() throws IOException {
    FrameDecoder decoder = new FrameDecoder(manifest(MANIFEST));
    byte[] data = HexFormat.of().parseHex("0A0B0C");
    List<Telemetry.Signals> portions =
        decoder.portions(
            new Telemetry.Frames(
                7,
                "x",
                new long[] {5000, 7000, 5900},
                new int[] {256, 256, 256},
                new int[] {1, 2, 3},
                data),
            new FrameMemory());

    assertThat(portions).hasSize(1);
    Telemetry.Signals signals = portions.get(0);
    assertThat(signals.time()).isEqualTo(7);
    assertThat(signals.names()).containsExactly("Vehicle.Fuel", "decoder.truck");
    assertThat(signals.times().get(0)).containsExactly(5, 7);
    assertThat(signals.values().get(0)).containsExactly(13, 12);
    assertThat(signals.values().get(1)).containsExactly(2);
    int[] unknown = {257};
    assertThat(
            decoder.portions(
                new Telemetry.Frames(7, "x", new long[1], unknown, new int[] {3}, data),
                new FrameMemory()))
        .isEmpty();
  }

  @Test
  void message_of_several_packets_is_read_when_it_is_whole() throws IOException {
    Files.writeString(
        folder.resolve("body.dbc"),
        "BO_ 2566833406 Long: 10 X\n SG_ Last : 72|8@1+ (1,0) [0|0] \"\" X\n");
    FrameSession session = new FrameSession(new FrameDecoder(manifest(MANIFEST)));
    Map<String, Double> signals = new LinkedHashMap<>();
    int announce = EXTENDED | 0x1CECFF21;
    int packet = EXTENDED | 0x1CEBFF21;
    String group = "C4FE00"; // 65220, of the identifier 0x98FEC4FE
    session.frame("can0", 0, announce, bytes("200A0002FF" + group), signals::put);
    session.frame("can0", 1, packet, bytes("0101020304050607"), signals::put);
    assertThat(signals).isEmpty();
    session.frame("can0", 2, packet, bytes("0208092AFFFFFFFF"), signals::put);

    assertThat(signals).isEqualTo(Map.of("Long.Last", 42.0));
  }

  @Test
  void answers_of_control_units_are_read_by_signal_sets() throws IOException {
    Files.writeString(
        folder.resolve("set.json"),
        """
        {"commands": [
          {"hdr": "7E0", "cmd": {"22": "1002"}, "filter": {"from": 2018}, "signals": [
            {"id": "LONG", "fmt": {"bix": 48, "len": 16, "div": 10, "max": 9999}},
            {"id": "GEAR", "fmt": {"len": 8, "map": {"1": {"value": "FIRST"}}}}]},
          {"hdr": "750", "rax": "758", "eax": "2A", "cmd": {"21": "01"}, "signals": [
            {"id": "TIRE", "fmt": {"len": 8, "add": -40, "min": -40, "max": 215}}]},
          {"hdr": "7E0", "cmd": {"22": "1003"}, "filter": {"to": 2017}, "signals": [
            {"id": "OLD", "fmt": {"len": 8, "max": 255}}]}]}
        """);
    String text =
        """
        {"manifest": "car", "version": 1, "models": ["*"], "buses": {"*": {
           "obdb": ["set.json"], "year": 2020, "mapping": {"LONG": "Vehicle.Long"}}}}
        """;
    FrameSession session = new FrameSession(new FrameDecoder(manifest(text)));
    Map<String, Double> signals = new LinkedHashMap<>();

    session.frame("can0", 0, 0x7E0, bytes("0322100200000000"), signals::put);
    session.frame("can0", 1, 0x7E8, bytes("100B621002010203"), signals::put);
    session.frame("can0", 2, 0x7E0, bytes("3000000000000000"), signals::put);
    assertThat(signals).isEmpty();
    session.frame("can0", 3, 0x7E8, bytes("2104050600FA0000"), signals::put);
    session.frame("can0", 4, 0x758, bytes("2A03610150000000"), signals::put);
    session.frame("can0", 5, 0x758, bytes("2B03610151000000"), signals::put);
    session.frame("can0", 6, 0x7E8, bytes("0462100307000000"), signals::put);
    session.frame("can0", 7, 0x123, bytes("0462100307000000"), signals::put);

    assertThat(signals).isEqualTo(Map.of("Vehicle.Long", 25.0, "GEAR", 1.0, "TIRE", 40.0));
    assertThatThrownBy(() -> manifest(text.replace("set.json", "body.dbc")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("buses.*.obdb: body.dbc: line 1");
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  @Test
  void same_name_and_version_twice_is_refused() throws IOException {
    Manifest manifest = manifest(MANIFEST);

    assertThatThrownBy(() -> new Manifests(List.of(manifest, manifest)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("truck@2");
  }

  @Test
  void broken_json_is_refused_with_file_line_and_column() throws IOException {
    Files.writeString(folder.resolve("bad.manifest.json"), "{\n \"manifest\": \"x\",,\n}");

    assertThatThrownBy(() -> ManifestFiles.readAll(folder))
        .isInstanceOfSatisfying(
            InvalidInputException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(ReasonCode.MALFORMED_JSON);
              assertThat(e.detail()).startsWith("bad.manifest.json: the manifest: line 2, column ");
            });
  }

  @Property(tries = 8)
  void large_capture_comes_in_portions_and_loses_nothing(@ForAll @IntRange(max = 3) int more) {
    Manifest.Bus bus =
        new Manifest.Bus(Manifest.Protocol.J1939, List.of(), List.of(), Map.of(), false);
    FrameDecoder decoder =
        new FrameDecoder(
            new Manifest("m", 1, List.of("m"), Map.of("*", bus), List.of(), Map.of(), List.of()));
    int n = 25_000 * more + 7;
    long[] micros = new long[n];
    int[] ids = new int[n];
    int[] ends = new int[n];
    byte[] data = new byte[8 * n];
    for (int i = 0; i < n; i++) {
      micros[i] = 1000L * i;
      ids[i] = EXTENDED | 0x0CF00400;
      ends[i] = 8 * i + 8;
    }
    List<Telemetry.Signals> portions =
        decoder.portions(
            new Telemetry.Frames(n, "can0", micros, ids, ends, data), new FrameMemory());
    int each = J1939Signals.ofGroup(0xF004).size();

    assertThat(portions.stream().mapToInt(Telemetry.Signals::size).sum()).isEqualTo(n * each + 1);
    assertThat(portions).allMatch(portion -> portion.size() <= 100_000 + each + 1);
  }

  @Test
  void model_gets_the_manifest_of_the_highest_version() throws IOException {
    Manifests manifests =
        new Manifests(
            List.of(
                manifest(MANIFEST),
                manifest(
                    MANIFEST.replace("\"version\": 2", "\"version\": 3").replace("can0", "can1"))));

    FrameDecoder decoder = manifests.decoder("van-9").orElseThrow();
    assertThat(decode(decoder, "can1", EXTENDED | 0x18FEEE00, "7DFFFFFFFFFFFFFF"))
        .isEqualTo(Map.of("Vehicle.Powertrain.CombustionEngine.ECT", 85.0));
    assertThat(manifests.decoder("truck-2016")).isPresent();
    assertThat(manifests.decoder("truck-2017")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"version\": 2 | \"version\": 0 | WRONG_SHAPE | version is a whole number from 1",
        "[\"truck-2016\", \"van-*\"] | [] | WRONG_SHAPE | models names no device model",
        "\"j1939\" | \"lin\" | WRONG_SHAPE | buses.can0: protocol is can, j1939 or nmea2000",
        "\"models\" | \"model\" | WRONG_SHAPE | the manifest: there is no field 'model'; known are"
            + " [buses, comment, manifest, models, spn, tables, version]",
        "Vehicle.Fuel | Vehicle Fuel | WRONG_SHAPE | buses.*.mapping.Body.Level: no name of a"
            + " signal: 'Vehicle Fuel'",
        "\"mapped\" | \"some\" | WRONG_SHAPE | buses.*: keep is all or mapped",
        "\"11\": 1 | \"11\": 5 | WRONG_SHAPE | spn: source address (0–255, or *) to conversion"
            + " version (1–4)",
        "vss.json | ../vss.json | INVALID_NAME | no file of the manifest's folder: '../vss.json'",
        "vss.json | nix.json | NOT_FOUND | no file nix.json",
        "\"to\": \"Vehicle.Fuel\" | \"to\": \"\" | WRONG_SHAPE | buses.*.mapping.Body.Level: no"
            + " name to map to"
      })
  void wrong_manifest_is_refused_with_its_place(
      String what, String by, ReasonCode reason, String detail) {
    assertThatThrownBy(() -> manifest(MANIFEST.replace(what, by)))
        .isInstanceOfSatisfying(
            InvalidInputException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(reason);
              assertThat(e.detail()).isEqualTo(detail);
            });
  }

  @Test
  void mapping_without_bounds_is_refused() throws IOException {
    Files.writeString(
        folder.resolve("a.dbc"), "BO_ 256 A: 8 X\n SG_ b : 0|8@1+ (1,0) [0|0] \"\" X\n");
    Path file =
        Files.writeString(
            folder.resolve("b.manifest.json"),
            """
            {"manifest": "m", "version": 1, "models": ["a*"],
             "buses": {"*": {"dbc": ["a.dbc"], "mapping": {"b": {"to": "x.y", "offset": 1e400}}}}}
            """);

    assertThatThrownBy(() -> ManifestFiles.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("b: factor and offset must be finite");
  }

  @Test
  void file_that_is_no_text_is_refused() throws IOException {
    Path file = Files.write(folder.resolve("b.manifest.json"), new byte[] {'{', (byte) 0xFF});

    assertThatThrownBy(() -> ManifestFiles.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("not UTF-8");
    assertThatThrownBy(() -> TableFiles.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("not UTF-8");
  }

  @Test
  void table_of_j1939_signals_is_sound() {
    List<J1939Signal> all = J1939Signals.all();

    assertThat(all).hasSize(80);
    assertThat(new HashSet<>(all.stream().map(J1939Signal::name).toList())).hasSize(all.size());
    assertThat(new HashSet<>(all.stream().map(J1939Signal::spn).toList())).hasSize(all.size());
    assertThat(all.stream().filter(signal -> signal.name().startsWith("Vehicle."))).hasSize(VSS);
  }

  private static final int VSS = 29;

  @Property(tries = 200)
  void encoded_j1939_value_is_decoded_and_indicators_are_not_values(
      @ForAll @IntRange(max = 79) int which, @ForAll long bits) {
    J1939Signal signal = J1939Signals.all().get(which);
    long raw = bits & (1L << signal.bits()) - 1;
    byte[] data = new byte[8];
    for (int i = 0; i < signal.bits(); i++) {
      int at = signal.start() + i;
      data[at / 8] |= (byte) ((raw >>> i & 1) << at % 8);
    }
    Manifest.Bus bus =
        new Manifest.Bus(Manifest.Protocol.J1939, List.of(), List.of(), Map.of(), false);
    FrameDecoder decoder =
        new FrameDecoder(
            new Manifest("m", 1, List.of("m"), Map.of("*", bus), List.of(), Map.of(), List.of()));
    int destination = signal.group() < 0xF000 ? 0xFF00 : 0;
    Map<String, Double> decoded =
        decode(
            decoder,
            "x",
            EXTENDED | 0x18000003 | signal.group() << 8 | destination,
            HexFormat.of().formatHex(data));

    boolean valid =
        signal.bits() < 8 ? raw < (1L << signal.bits()) - 2 : raw >>> signal.bits() - 8 <= 0xFA;
    if (valid) {
      assertThat(decoded).containsEntry(signal.name(), raw * signal.factor() + signal.offset());
    } else {
      assertThat(decoded).doesNotContainKey(signal.name());
    }
  }

  private Manifest manifest(String text) throws IOException {
    return ManifestFiles.read(Files.writeString(folder.resolve("a.manifest.json"), text));
  }

  private static Map<String, Double> decode(FrameDecoder decoder, String bus, int id, String hex) {
    Map<String, Double> signals = new LinkedHashMap<>();
    decoder.decode(bus, id, HexFormat.of().parseHex(hex), signals::put);
    return signals;
  }
}
