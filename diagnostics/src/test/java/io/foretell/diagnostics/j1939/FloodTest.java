package io.foretell.diagnostics.j1939;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Recorded buses with a flood of announcements among their frames. */
final class FloodTest {
  private static final int EXTENDED = 1 << 31;
  private static final int FLOOD = 3;
  private static final int MOST_SESSIONS = 32;
  private static final int MOST_BYTES = 128 * 1024;

  private record Frame(long micros, int id, byte[] data) {}

  @ParameterizedTest
  @CsvSource({
    "nmfta_truck_2016, 145278",
    "csu_conditioner_normal_2020, 39739",
    "eti_j1939_840_2021, 2645"
  })
  void recorded_bus_in_a_flood_loses_no_message_and_memory_is_bounded(String log, int frames)
      throws IOException {
    List<Frame> bus = read(log);
    assertThat(bus).hasSize(frames);
    List<String> expected = new ArrayList<>();
    run(bus, new J1939Memory(), 0, expected);

    List<String> said = new ArrayList<>();
    J1939Memory memory = new J1939Memory();
    int[] most = run(bus, memory, FLOOD, said);

    List<String> lost = new ArrayList<>(expected);
    lost.removeAll(said);
    assertThat(lost).as("lost of " + expected.size()).isEmpty();
    assertThat(said).isEqualTo(expected);
    assertThat(most[0]).as("open sessions").isBetween(2, MOST_SESSIONS);
    assertThat(most[1]).as("bytes held").isBetween(1, MOST_BYTES);
  }

  /** The most sessions and the most bytes that were held at any time. */
  private static int[] run(List<Frame> bus, J1939Memory memory, int flood, List<String> said) {
    Transport transport = new Transport(group -> true);
    int[] most = new int[2];
    int sent = 0;
    for (Frame frame : bus) {
      for (int i = 0; i < flood; i++) {
        announce(transport, memory, frame.micros(), sent++);
      }
      if (Transport.isTransport(frame.id())) {
        transport.frame(
            memory,
            frame.micros(),
            "can0",
            frame.id(),
            frame.data(),
            0,
            frame.data().length,
            (at, on, sa, da, group, kind, data, length) ->
                said.add(
                    at + " " + sa + " " + group + " " + HexFormat.of().formatHex(data, 0, length)));
      }
      most[0] = Math.max(most[0], memory.openSessions());
      most[1] = Math.max(most[1], memory.heldBytes());
    }
    return most;
  }

  /** The longest message there is, announced from one of 16 sources that no log has. */
  private static void announce(Transport transport, J1939Memory memory, long micros, int n) {
    int id = EXTENDED | 0x1CEC0000 | n % 250 << 8 | 0xC0 | n / 250 % 16;
    byte[] request = HexFormat.of().parseHex("10F906FFFFCAFE00");
    transport.frame(memory, micros, "can0", id, request, 0, 8, (a, b, c, d, e, f, g, h) -> {});
  }

  private static List<Frame> read(String log) throws IOException {
    Path file =
        Path.of(
            System.getProperty("foretell.shared", "absent"),
            "data/j1939_logs",
            log + ".candump.log.gz");
    assumeThat(file).as("shared logs").exists();
    List<Frame> frames = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.US_ASCII))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] part = line.split(" ");
        int hash = part[2].indexOf('#');
        frames.add(
            new Frame(
                Long.parseLong(part[0].substring(1, part[0].length() - 1).replace(".", "")),
                (int) Long.parseLong(part[2].substring(0, hash), 16) | EXTENDED,
                HexFormat.of().parseHex(part[2].substring(hash + 1))));
      }
    }
    return frames;
  }
}
