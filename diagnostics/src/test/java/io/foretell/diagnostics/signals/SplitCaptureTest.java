package io.foretell.diagnostics.signals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.foretell.diagnostics.dbc.DbcFile;
import io.foretell.diagnostics.dbc.DbcParser;
import io.foretell.diagnostics.nmea2000.FastPackets;
import io.foretell.diagnostics.obdb.ObdbCommand;
import io.foretell.diagnostics.obdb.ObdbSignal;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.Telemetry;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Captures that are cut within a message give the signals of the capture that is not cut. */
class SplitCaptureTest {
  private static final int EXTENDED = 1 << 31;
  private static final long MOST_JITTER = 15_000;

  /** Of the logs' own transports, and of the messages that are made here. */
  private static final int[] LONG_GROUPS = {
    65226, 65227, 65242, 65249, 65251, 65259, 65260, 65261, 65230, 64965, 49664, 129029
  };

  private record Frame(String bus, long micros, int id, byte[] data) {}

  @ParameterizedTest
  @ValueSource(strings = {"nmfta_truck_2016", "eti_j1939_840_2021", "csu_conditioner_normal_2020"})
  void log_that_is_cut_anywhere_gives_the_signals_of_the_whole(String log) throws IOException {
    List<Frame> frames = candump(log);
    FrameDecoder decoder = decoder(Manifest.Protocol.J1939, groupsOf(frames));
    Map<String, Double> whole = signals(decoder, frames, List.of(), false);
    Random random = new Random(7);

    assertThat(whole.keySet().stream().filter(name -> name.contains(".Last"))).isNotEmpty();
    for (int mean : new int[] {3, 40, 700}) {
      List<Integer> cuts = cuts(frames.size(), mean, random);
      assertThat(signals(decoder, frames, cuts, true)).isEqualTo(whole);
    }
  }

  @Property(tries = 150)
  void messages_of_every_kind_are_read_however_they_are_cut(@ForAll long seed) {
    Random random = new Random(seed);
    boolean stalls = random.nextBoolean();
    List<Frame> frames = traffic(random, stalls);
    FrameDecoder decoder = decoder(Manifest.Protocol.NMEA2000, LONG_GROUPS);
    Map<String, Double> whole = signals(decoder, frames, List.of(), false);

    assertThat(!whole.isEmpty() || stalls).isTrue();
    assertThat(signals(decoder, frames, cuts(frames.size(), 1 + random.nextInt(6), random), true))
        .isEqualTo(whole);
    assertThat(signals(decoder, frames, cuts(frames.size(), 3, random), false)).isEqualTo(whole);
  }

  @Test
  void message_that_ends_leaves_nothing_open_and_so_does_one_that_is_aborted() {
    FrameDecoder decoder = decoder(Manifest.Protocol.J1939, LONG_GROUPS);
    FrameMemory memory = new FrameMemory();
    List<Frame> message = transport(65242, 0x0B, 0x21, bytes(20, 5), 1_000);

    decoder.portions(capture(message.subList(0, 2)), memory);
    assertThat(memory.isEmpty()).isFalse();
    decoder.portions(capture(message.subList(2, message.size())), memory);
    assertThat(memory.isEmpty()).isTrue();

    decoder.portions(capture(message.subList(0, 2)), memory);
    byte[] abort = HexFormat.of().parseHex("FF01FFFFFFDAFE00");
    List<Frame> aborted = List.of(new Frame("can0", 9_000, EXTENDED | 0x1CEC210B, abort));
    assertThat(decoder.portions(capture(aborted), memory)).isEmpty();
    assertThat(memory.isEmpty()).isTrue();
    assertThat(FrameMemory.codec().encode(memory)).hasSize(4);
  }

  @Test
  void message_that_stands_still_for_too_long_is_given_up_and_gives_nothing() {
    FrameDecoder decoder = decoder(Manifest.Protocol.NMEA2000, LONG_GROUPS);
    FrameMemory memory = new FrameMemory();
    List<Frame> frames = new ArrayList<>();
    frames.addAll(transport(65242, 0x0B, 0xFF, bytes(20, 5), 1_000).subList(0, 2));
    frames.addAll(answer(bytes(30, 3), 2_000).subList(0, 3));
    frames.addAll(fast(bytes(40, 4), 1, 3_000).subList(0, 3));
    decoder.portions(capture(frames), memory);
    assertThat(memory.isEmpty()).isFalse();

    List<Frame> late = new ArrayList<>();
    late.addAll(transport(65242, 0x0B, 0xFF, bytes(20, 5), 9_000_000).subList(2, 4));
    late.addAll(answer(bytes(30, 3), 9_010_000).subList(3, 5));
    late.addAll(fast(bytes(40, 4), 1, 9_020_000).subList(3, 6));
    assertThat(decoder.portions(capture(late.subList(0, 4)), memory)).isEmpty();
    assertThat(memory.isEmpty()).isTrue();
    assertThat(decoder.portions(capture(late), memory)).isEmpty();
  }

  @Test
  void capture_that_was_overtaken_is_read_on_its_own_and_ends_nothing_that_began_after_it() {
    FrameDecoder decoder = decoder(Manifest.Protocol.J1939, LONG_GROUPS);
    FrameMemory memory = new FrameMemory();
    List<Frame> first = transport(65242, 0x0B, 0xFF, bytes(20, 5), 1_000_000);
    List<Frame> second = transport(65242, 0x0B, 0xFF, bytes(20, 9), 2_000_000);

    decoder.portions(capture(second.subList(0, 3)), memory);
    List<Frame> overtaken = new ArrayList<>(first.subList(3, 4));
    overtaken.addAll(transport(65249, 0x0B, 0xFF, bytes(20, 7), 1_500_000));
    assertThat(names(decoder.portions(capture(overtaken), memory)))
        .contains("G65249.Last")
        .doesNotContain("G65242.Last");
    List<Telemetry.Signals> end = decoder.portions(capture(second.subList(3, 4)), memory);
    assertThat(names(end)).contains("G65242.Last");
    assertThat(end.get(0).values().get(end.get(0).names().indexOf("G65242.First"))[0]).isEqualTo(9);
  }

  @Test
  void clock_that_was_set_back_begins_anew() {
    FrameDecoder decoder = decoder(Manifest.Protocol.J1939, LONG_GROUPS);
    FrameMemory memory = new FrameMemory();
    decoder.portions(
        capture(transport(65242, 0x0B, 0xFF, bytes(20, 5), 90_000_000).subList(0, 3)), memory);
    List<Frame> message = transport(65242, 0x0B, 0xFF, bytes(20, 9), 1_000_000);

    assertThat(decoder.portions(capture(message.subList(0, 2)), memory)).isEmpty();
    assertThat(names(decoder.portions(capture(message.subList(2, 4)), memory)))
        .contains("G65242.Last");
  }

  @Test
  void flood_of_open_messages_stays_within_limits() {
    FrameDecoder decoder = decoder(Manifest.Protocol.NMEA2000, LONG_GROUPS);
    FrameMemory memory = new FrameMemory();
    List<Frame> frames = new ArrayList<>();
    for (int i = 0; i < 4_000; i++) {
      List<Frame> message = transport(65242, i % 250, 0x80 + i % 7, bytes(1785, i), 1_000 + i);
      frames.addAll(message.subList(0, message.size() - 1));
      frames.add(fast(bytes(200, i), i & 7, 1_000 + i).get(i % 20));
      int unit = EXTENDED | 0x18DAF100 | i % 256;
      frames.add(new Frame("can0", 1_000 + i, unit, HexFormat.of().parseHex("1FFF62F40C010203")));
    }
    decoder.portions(capture(frames), memory);

    assertThat(FrameMemory.codec().encode(memory).length).isLessThan(300_000);
  }

  @Test
  void memory_of_a_later_version_or_cut_off_is_refused() {
    assertThatThrownBy(() -> FrameMemory.codec().decode(new byte[] {2, 0, 0, 0}))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> FrameMemory.codec().decode(new byte[] {1, 9, 1}))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void raw_values_of_nmea_2000_that_are_none_give_nothing() {
    DbcFile file =
        DbcParser.parse(
            "BO_ 2566516999 P: 26 X\n"
                + " SG_ Lat : 8|32@1- (1,0) [0|0] \"\" X\n"
                + " SG_ Sog : 40|16@1+ (1,0) [0|0] \"\" X\n");
    FrameDecoder decoder = decoder(Manifest.Protocol.NMEA2000, file);
    Map<String, Double> signals = new TreeMap<>();
    int id = (int) 2566516999L;

    decoder.decode("can0", id, HexFormat.of().parseHex("00FFFFFFFF0000"), signals::put);
    assertThat(signals).isEqualTo(Map.of("P.Lat", -1.0, "P.Sog", 0.0));
    signals.clear();
    decoder.decode("can0", id, HexFormat.of().parseHex("00FDFFFF7FFEFF"), signals::put);
    assertThat(signals).isEmpty();
    decoder.decode("can0", id, HexFormat.of().parseHex("00FCFFFF7FFCFF"), signals::put);
    assertThat(signals).isEqualTo(Map.of("P.Lat", 0x7FFFFFFCL * 1.0, "P.Sog", 65532.0));
  }

  // ---- what goes over the bus

  /**
   * Interleaved messages of several sources, some without a frame; stamps that jitter, by less than
   * what is taken for a capture that was overtaken.
   */
  private static List<Frame> traffic(Random random, boolean stalls) {
    List<List<Frame>> queues = new ArrayList<>();
    for (int i = 0; i < 14; i++) {
      byte[] data = bytes(9 + random.nextInt(200), random.nextInt());
      queues.add(
          new ArrayList<>(
              switch (i % 4) {
                case 0 -> transport(65242 + i % 2 * 7, i, random.nextInt(256), data, 0);
                case 1 -> answer(data, 0);
                case 2 -> fast(data, random.nextInt(8), 0);
                default -> transport(65251, i, 0xFF, data, 0);
              }));
      if (random.nextInt(5) == 0) {
        queues.get(i).remove(random.nextInt(queues.get(i).size()));
      }
    }
    List<Frame> frames = new ArrayList<>();
    long micros = 1_000_000;
    long latest = micros;
    while (queues.stream().anyMatch(queue -> !queue.isEmpty())) {
      int i = random.nextInt(queues.size());
      if (!queues.get(i).isEmpty()) {
        Frame frame = queues.get(i).remove(0);
        boolean still = stalls && random.nextInt(400) == 0;
        micros += still ? 3_000_000 : random.nextInt(20_000) - 5_000;
        latest = Math.max(latest, micros);
        micros = Math.max(micros, latest - MOST_JITTER);
        frames.add(new Frame("can" + i % 2, micros, frame.id(), frame.data()));
      }
    }
    return frames;
  }

  private static List<Frame> transport(int group, int from, int to, byte[] message, long micros) {
    List<Frame> frames = new ArrayList<>();
    int packets = (message.length + 6) / 7;
    byte[] announce = {
      (byte) (to == 0xFF ? 32 : 16),
      (byte) message.length,
      (byte) (message.length >> 8),
      (byte) packets,
      (byte) 0xFF,
      (byte) group,
      (byte) (group >> 8),
      (byte) (group >> 16)
    };
    int addresses = to << 8 | from;
    frames.add(new Frame("can0", micros, EXTENDED | 0x1CEC0000 | addresses, announce));
    for (int i = 0; i < packets; i++) {
      byte[] packet = new byte[8];
      Arrays.fill(packet, (byte) 0xFF);
      packet[0] = (byte) (i + 1);
      System.arraycopy(message, 7 * i, packet, 1, Math.min(7, message.length - 7 * i));
      long at = micros + 1_000L * (i + 1);
      frames.add(new Frame("can0", at, EXTENDED | 0x1CEB0000 | addresses, packet));
    }
    return frames;
  }

  /** An answer of control unit 10 to 22 F40C. */
  private static List<Frame> answer(byte[] data, long micros) {
    byte[] message = new byte[data.length + 3];
    message[0] = 0x62;
    message[1] = (byte) 0xF4;
    message[2] = 0x0C;
    System.arraycopy(data, 0, message, 3, data.length);
    List<Frame> frames = new ArrayList<>();
    byte[] first = new byte[8];
    first[0] = (byte) (0x10 | message.length >> 8);
    first[1] = (byte) message.length;
    System.arraycopy(message, 0, first, 2, 6);
    frames.add(new Frame("can0", micros, EXTENDED | 0x18DAF110, first));
    for (int at = 6, sequence = 1; at < message.length; at += 7, sequence++) {
      byte[] next = new byte[8];
      next[0] = (byte) (0x20 | sequence & 15);
      System.arraycopy(message, at, next, 1, Math.min(7, message.length - at));
      frames.add(new Frame("can0", micros + 1_000L * sequence, EXTENDED | 0x18DAF110, next));
    }
    return frames;
  }

  private static List<Frame> fast(byte[] data, int sequence, long micros) {
    List<Frame> frames = new ArrayList<>();
    for (byte[] frame : FastPackets.frames(data, sequence)) {
      frames.add(new Frame("can0", micros + 1_000L * frames.size(), EXTENDED | 0x0DF80507, frame));
    }
    return frames;
  }

  private static byte[] bytes(int size, int seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    bytes[0] = (byte) (seed & 0x7F);
    return bytes;
  }

  // ---- how it is read

  private static FrameDecoder decoder(Manifest.Protocol protocol, int... groups) {
    StringBuilder text = new StringBuilder();
    for (int group : groups) {
      text.append("BO_ ").append((EXTENDED | group << 8 | 0xFE) & 0xFFFFFFFFL);
      text.append(" G").append(group).append(": 223 X\n");
      text.append(" SG_ First : 0|8@1+ (1,0) [0|0] \"\" X\n");
      for (int at = 1; at < 8; at++) {
        text.append(" SG_ B%d : %d|8@1+ (1,0) [0|0] \"\" X%n".formatted(at, 8 * at));
      }
      text.append(" SG_ Last : 64|8@1+ (1,0) [0|0] \"\" X\n");
    }
    return decoder(protocol, DbcParser.parse(text.toString()));
  }

  private static FrameDecoder decoder(Manifest.Protocol protocol, DbcFile file) {
    ObdbSignal.Scaling scaling =
        new ObdbSignal.Scaling(1, 1, 0, 0, 1e9, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
    ObdbSignal signal = new ObdbSignal("D", 32, 16, false, false, scaling, Map.of(), false);
    List<ObdbCommand> commands =
        List.of(
            new ObdbCommand("DA10", "", "", "22F40C", 0, ObdbCommand.LAST_YEAR, List.of(signal)));
    Manifest.Bus bus = new Manifest.Bus(protocol, List.of(file), commands, Map.of(), false);
    return new FrameDecoder(
        new Manifest("m", 1, List.of("*"), Map.of("*", bus), List.of(), Map.of(), List.of()));
  }

  /** Every group that a transport of the log announces. */
  private static int[] groupsOf(List<Frame> frames) {
    return frames.stream()
        .filter(frame -> (frame.id() >>> 16 & 0xFF) == 0xEC && frame.data().length == 8)
        .mapToInt(
            frame ->
                frame.data()[5] & 0xFF
                    | (frame.data()[6] & 0xFF) << 8
                    | (frame.data()[7] & 3) << 16)
        .distinct()
        .toArray();
  }

  private static List<Integer> cuts(int size, int mean, Random random) {
    List<Integer> cuts = new ArrayList<>();
    for (int at = 1 + random.nextInt(2 * mean); at < size; at += 1 + random.nextInt(2 * mean)) {
      cuts.add(at);
    }
    return cuts;
  }

  /** The last value of each signal at each time. */
  private static Map<String, Double> signals(
      FrameDecoder decoder, List<Frame> frames, List<Integer> cuts, boolean restarts) {
    Map<String, Double> all = new TreeMap<>();
    FrameMemory memory = new FrameMemory();
    List<Integer> ends = new ArrayList<>(cuts);
    ends.add(frames.size());
    int from = 0;
    for (int end : ends) {
      for (List<Frame> run : runs(frames.subList(from, end))) {
        if (restarts) {
          memory = FrameMemory.codec().decode(FrameMemory.codec().encode(memory));
        }
        decoder.portions(capture(run), memory).forEach(signals -> put(signals, all));
      }
      from = end;
    }
    return all;
  }

  /** A capture is of one bus. */
  private static List<List<Frame>> runs(List<Frame> frames) {
    List<List<Frame>> runs = new ArrayList<>();
    int from = 0;
    for (int i = 1; i <= frames.size(); i++) {
      if (i == frames.size() || !frames.get(i).bus().equals(frames.get(from).bus())) {
        runs.add(frames.subList(from, i));
        from = i;
      }
    }
    return runs;
  }

  private static Telemetry.Frames capture(List<Frame> frames) {
    int n = frames.size();
    long[] micros = new long[n];
    int[] ids = new int[n];
    int[] ends = new int[n];
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    for (int i = 0; i < n; i++) {
      micros[i] = frames.get(i).micros();
      ids[i] = frames.get(i).id();
      data.writeBytes(frames.get(i).data());
      ends[i] = data.size();
    }
    long time = micros[n - 1] / 1000;
    return new Telemetry.Frames(time, frames.get(0).bus(), micros, ids, ends, data.toByteArray());
  }

  private static void put(Telemetry.Signals signals, Map<String, Double> to) {
    for (int i = 0; i < signals.names().size(); i++) {
      String name = signals.names().get(i);
      if (!name.startsWith(ModelDecoding.SIGNAL)) {
        for (int k = 0; k < signals.times().get(i).length; k++) {
          to.put(name + "@" + signals.times().get(i)[k], signals.values().get(i)[k]);
        }
      }
    }
  }

  private static List<String> names(List<Telemetry.Signals> portions) {
    return portions.stream().flatMap(signals -> signals.names().stream()).toList();
  }

  private static List<Frame> candump(String log) throws IOException {
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
                part[1],
                Long.parseLong(part[0].substring(1, part[0].length() - 1).replace(".", "")),
                (int) Long.parseLong(part[2].substring(0, hash), 16) | EXTENDED,
                HexFormat.of().parseHex(part[2].substring(hash + 1))));
      }
    }
    return frames;
  }
}
