package io.foretell.agent.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import io.foretell.agent.Message;
import io.foretell.agent.Numbering;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.v1.FrameBatch;
import io.foretell.proto.v1.FrameRun;
import io.foretell.proto.v1.Report;
import io.foretell.proto.v1.Series;
import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RecordingsTest {
  private static final long END = 1_795_308_448_257L;

  /** One frame as it stands in a batch, with its own time. */
  private record Frame(long micros, String bus, int id, String data) {}

  private static BufferedReader lines(String text) {
    return new BufferedReader(new StringReader(text));
  }

  private static List<Due> candump(String text) throws IOException {
    return CandumpRecording.read(lines(text), 1000, END, new Numbering(7));
  }

  private static FrameBatch batch(Due due) throws InvalidProtocolBufferException {
    return FrameBatch.parseFrom(due.message().payload());
  }

  private static List<Frame> frames(List<Due> recording) throws InvalidProtocolBufferException {
    List<Frame> frames = new ArrayList<>();
    for (Due due : recording) {
      FrameBatch batch = batch(due);
      for (FrameRun run : batch.getRunsList()) {
        int from = 0;
        for (int i = 0; i < run.getIdCount(); i++) {
          byte[] data = run.getData().substring(from, from + run.getLength(i)).toByteArray();
          from += data.length;
          long micros = batch.getBaseTime() * 1000 + run.getOffsetUs(i);
          frames.add(new Frame(micros, run.getBus(), run.getId(i), HexFormat.of().formatHex(data)));
        }
        assertThat(from).isEqualTo(run.getData().size());
      }
    }
    return frames;
  }

  @Test
  void whole_truck_log_gives_every_frame_with_its_distance_to_the_end() throws IOException {
    List<Frame> expected = new ArrayList<>();
    try (BufferedReader log = Recordings.open(Recordings.TRUCK)) {
      for (String line = log.readLine(); line != null; line = log.readLine()) {
        String[] part = line.split(" ");
        String[] frame = part[2].split("#", -1);
        long micros = Long.parseLong(part[0].replaceAll("[().]", ""));
        int id = Integer.parseUnsignedInt(frame[0], 16) | (frame[0].length() > 3 ? 1 << 31 : 0);
        expected.add(new Frame(micros, part[1], id, frame[1].toLowerCase(Locale.ROOT)));
      }
    }
    long shift = END * 1000 - expected.get(expected.size() - 1).micros();
    List<Frame> moved =
        expected.stream()
            .map(f -> new Frame(f.micros() + shift, f.bus(), f.id(), f.data()))
            .toList();
    List<Due> recording;
    try (BufferedReader log = Recordings.open(Recordings.TRUCK)) {
      recording = CandumpRecording.read(log, 1000, END, new Numbering(7));
    }
    List<Frame> got = frames(recording);
    assertThat(got).hasSize(145_278);
    Comparator<Frame> byTime =
        Comparator.comparingLong(Frame::micros)
            .thenComparing(Frame::bus)
            .thenComparingInt(Frame::id)
            .thenComparing(Frame::data);
    assertThat(got.stream().sorted(byTime).toList())
        .isEqualTo(moved.stream().sorted(byTime).toList());
    assertThat(recording).isSortedAccordingTo(Comparator.comparingLong(Due::atMillis));
    assertThat(recording.get(recording.size() - 1).atMillis()).isBetween(314_000L, 316_000L);
  }

  @Test
  void frames_of_two_buses_go_in_two_runs_and_times_are_moved() throws IOException {
    List<Due> recording =
        candump(
            "(10.000100) can0 123#0102\n"
                + "(10.000250) can1 18F0010B#C0FFEE\n"
                + "\n"
                + "(10.5) can0 7FF#\n"
                + "(11.2) can0 00000001#00.11.22\n");
    assertThat(recording).extracting(Due::atMillis).containsExactly(499L, 1199L);
    assertThat(recording).allSatisfy(d -> assertThat(d.message().path()).isEqualTo("v1/frames"));
    assertThat(batch(recording.get(0)).getRunsList())
        .extracting(FrameRun::getBus)
        .containsExactly("can0", "can1");
    assertThat(batch(recording.get(1)).getOrigin().getSequence()).isEqualTo(2);
    long end = END * 1000;
    assertThat(frames(recording))
        .containsExactly(
            new Frame(end - 1_199_900, "can0", 0x123, "0102"),
            new Frame(end - 700_000, "can0", 0x7FF, ""),
            new Frame(end - 1_199_750, "can1", 0x98F0010B, "c0ffee"),
            new Frame(end, "can0", 0x80000001, "001122"));
  }

  @Test
  void empty_log_is_an_empty_recording() throws IOException {
    assertThat(candump("\n\n")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(10.1) can0",
        "10.1 can0 123#00",
        "(10,1) can0 123#00",
        "(x.1) can0 123#00",
        "(10.1) can0 #00",
        "(10.1) can0 12345#0",
        "(10.1) can0 XYZ#00",
        "(10.1) can0 -12#00",
        "(10.1) can0 800#00",
        "(10.1) can0 FFFFFFFF#00",
        "(10.1) can0 123456789012345678901#00",
        "(10.1) can0 123#000102030405060708",
        "(10.1) can0 123##100",
        "(10.1) can0 123#R",
      })
  void line_that_is_no_frame_is_named_with_its_number(String bad) {
    assertThatThrownBy(() -> candump("(10.0) can0 123#00\n\n" + bad + "\n"))
        .isInstanceOfSatisfying(
            InvalidInputException.class, e -> assertThat(e.detail()).contains("line 3"));
  }

  @Test
  void recording_of_an_unknown_name_is_not_found() {
    assertThatThrownBy(() -> Recordings.open("no such.gz"))
        .isInstanceOf(FileNotFoundException.class);
  }

  @Test
  void turbofan_set_is_a_hundred_engines_with_all_their_cycles() throws IOException {
    try (BufferedReader train = Recordings.open(Recordings.TURBOFAN_TRAIN);
        BufferedReader test = Recordings.open(Recordings.TURBOFAN_TEST)) {
      Map<Integer, List<double[]>> failed = TurbofanRecording.read(train);
      Map<Integer, List<double[]>> cut = TurbofanRecording.read(test);
      assertThat(failed).hasSize(100);
      assertThat(cut).hasSize(100);
      assertThat(failed.values().stream().mapToInt(List::size).sum()).isEqualTo(20_631);
      assertThat(cut.values().stream().mapToInt(List::size).sum()).isEqualTo(13_096);
    }
  }

  @Test
  void engine_gives_reports_that_hold_every_value_and_end_when_asked() throws IOException {
    List<double[]> rows;
    try (BufferedReader train = Recordings.open(Recordings.TURBOFAN_TRAIN)) {
      rows = TurbofanRecording.read(train).getOrDefault(1, List.of());
    }
    List<Message> messages =
        TurbofanRecording.messages("engine-1", rows, 60_000, 50, END, new Numbering(9));
    assertThat(messages).hasSize((rows.size() + 49) / 50);
    int cycle = 0;
    long last = 0;
    for (Message message : messages) {
      assertThat(message.path()).isEqualTo("v1/d/engine-1/telemetry");
      Report report = Report.parseFrom(message.payload());
      assertThat(report.getSeriesCount()).isEqualTo(24);
      int cycles = report.getSeries(0).getValueCount();
      for (int column = 2; column < 26; column++) {
        Series series = report.getSeries(column - 2);
        assertThat(series.getSignal()).isEqualTo(TurbofanRecording.signal(column));
        for (int i = 0; i < cycles; i++) {
          assertThat(series.getValue(i)).isEqualTo(rows.get(cycle + i)[column]);
        }
      }
      cycle += cycles;
      last = report.getBaseTime() + (cycles - 1) * (long) report.getSeries(0).getPeriod();
    }
    assertThat(cycle).isEqualTo(rows.size());
    assertThat(last).isEqualTo(END);
    assertThat(TurbofanRecording.signal(2)).isEqualTo("engine.setting.1");
    assertThat(TurbofanRecording.signal(5)).isEqualTo("engine.s1");
    assertThat(TurbofanRecording.signal(25)).isEqualTo("engine.s21");
  }

  @Test
  void row_of_a_turbofan_file_that_does_not_fit_is_named_with_its_number() {
    String good = "1 1" + " 0.5".repeat(24) + "\n";
    for (String bad :
        List.of(
            "1 2 3\n",
            "1 2" + " x".repeat(24) + "\n",
            "1 3" + " 0".repeat(24) + "\n",
            "1.5 2" + " 0".repeat(24) + "\n")) {
      assertThatThrownBy(() -> TurbofanRecording.read(lines(good + "\n" + bad)))
          .isInstanceOfSatisfying(
              InvalidInputException.class, e -> assertThat(e.detail()).contains("line 3"));
    }
  }

  @Test
  void fleet_has_a_numbering_of_its_own_for_each_engine() throws IOException {
    String row = " 0".repeat(24) + "\n";
    Map<Integer, List<double[]>> units =
        TurbofanRecording.read(lines("1 1" + row + "1 2" + row + "2 1" + row));
    List<List<Message>> fleet = TurbofanRecording.fleet(units, unit -> "e" + unit, 1000, 1, END, 5);
    assertThat(fleet).extracting(List::size).containsExactly(2, 1);
    for (List<Message> engine : fleet) {
      Report report = Report.parseFrom(engine.get(0).payload());
      assertThat(report.getOrigin().getSequence()).isEqualTo(1);
      assertThat(report.getOrigin().getBootId()).isEqualTo(5);
    }
  }
}
