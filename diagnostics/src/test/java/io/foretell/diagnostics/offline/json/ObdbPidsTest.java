package io.foretell.diagnostics.offline.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The PID table against the community's signal set of SAE J1979. */
class ObdbPidsTest {
  /**
   * Where that set differs from the standard.
   *
   * <ul>
   *   <li>SHRTFT11 in PID 15: the trim is of sensor 2, SHRTFT12
   *   <li>AIR_STAT: three bits, of which the fourth state (08) does not fit in
   *   <li>HEV_MODE, EHEV_MODE: bits of byte A, which says what is supported; the modes are in B
   * </ul>
   */
  private static final Set<String> ELSEWHERE =
      Set.of("15 SHRTFT11", "12 AIR_STAT", "9A HEV_MODE", "9A EHEV_MODE");

  /** A slope that is rounded otherwise, or an offset that is none of the standard's. */
  private static final Map<String, String> SCALED_OTHERWISE =
      Map.of(
          "EVAP_VP", "kPa, not Pa",
          "EVAP_VP_WIDE", "kPa, not Pa",
          "FUEL_TIMING", "offset is not 210 degrees",
          "EQ_RAT", "2/65535, not 0.0000305",
          "O2S11_VOLT", "1/8196, not 8/65536");

  @Test
  void every_signal_of_the_set_is_decoded_from_the_same_bits() throws IOException {
    JsonNode set =
        Vectors.json(Files.readString(Vectors.path("obdb/SAEJ1979/signalsets/v3/default.json")));
    Random random = new Random(5);
    Set<String> missing = new TreeSet<>();
    List<String> wrong = new ArrayList<>();
    int signals = 0;
    for (JsonNode command : set.path("commands")) {
      String pid = command.path("cmd").path("01").asText();
      for (int i = 0; i < 20; i++) {
        byte[] data = new byte[14];
        random.nextBytes(data);
        JsonNode ours = decode(pid, data);
        for (JsonNode signal : command.path("signals")) {
          signals += i == 0 ? 1 : 0;
          compare(pid, signal, data, ours, missing, wrong);
        }
      }
      for (JsonNode signal : command.path("signals")) {
        String key = pid + " " + signal.path("id").asText();
        // Bits of support: all set once, so that every signal is there.
        if (!decode(pid, full(0x0F)).has(signal.path("id").asText())
            && !decode(pid, full(0xFF)).has(signal.path("id").asText())) {
          missing.add(key);
        }
      }
    }

    assertThat(signals).isEqualTo(298);
    missing.removeAll(ELSEWHERE);
    assertThat(missing).isEmpty();
    assertThat(wrong).isEmpty();
  }

  private static byte[] full(int value) {
    byte[] data = new byte[14];
    java.util.Arrays.fill(data, (byte) value);
    return data;
  }

  private static void compare(
      String pid,
      JsonNode signal,
      byte[] data,
      JsonNode ours,
      Set<String> missing,
      List<String> wrong) {
    String id = signal.path("id").asText();
    JsonNode format = signal.path("fmt");
    JsonNode value = ours.path(id);
    if (value.isMissingNode() || ELSEWHERE.contains(pid + " " + id) || value.isTextual()) {
      return;
    }
    int bits = format.path("len").asInt();
    int from = format.path("bix").asInt(0);
    long raw = 0;
    for (int bit = from; bit < from + bits; bit++) {
      raw = raw << 1 | data[bit / 8] >>> 7 - bit % 8 & 1;
    }
    if (value.isBoolean()) {
      boolean inverted = format.path("unit").asText().equals("yesno");
      if (value.asBoolean() != (raw == 1) && value.asBoolean() != (raw == 0)) {
        wrong.add(pid + " " + id);
      }
      if (!inverted && !id.endsWith("RDY") && value.asBoolean() != (raw == 1)) {
        wrong.add(pid + " " + id + " flag");
      }
      return;
    }
    if (SCALED_OTHERWISE.containsKey(id)) {
      return;
    }
    if (format.path("sign").asBoolean(false)) {
      raw = raw << 64 - bits >> 64 - bits;
    }
    double times = format.path("mul").asDouble(1) / format.path("div").asDouble(1);
    // The set names the offset of trims as -128 of 128, and their minimum as what it is: -100.
    double plus =
        format.path("add").asDouble(0) == -128 && times < 1 && bits == 8
            ? format.path("min").asDouble()
            : format.path("add").asDouble(0);
    double theirs = raw * times + plus;
    double mine = value.path("value").asDouble();
    if (Math.abs(mine - theirs) > 1e-4 * Math.max(1, Math.abs(theirs))) {
      wrong.add(pid + " " + id + ": " + mine + ", theirs " + theirs);
    }
  }

  private static JsonNode decode(String pid, byte[] data) {
    String line =
        "{\"request\":\"01"
            + pid
            + "\",\"lines\":[\"41"
            + pid
            + HexFormat.of().formatHex(data)
            + "\"]}";
    List<String> out = new ArrayList<>();
    try {
      DecodeOptions all = new DecodeOptions(false, true, Optional.empty(), Map.of());
      new OfflineDecoder(Kind.OBD, Vectors.BOOK, all).decode(new StringReader(line), out::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Vectors.json(out.get(0)).path("signals");
  }
}
