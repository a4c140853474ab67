package io.foretell.agent.recording;

import com.google.protobuf.ByteString;
import io.foretell.agent.Message;
import io.foretell.agent.Numbering;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.v1.FrameBatch;
import io.foretell.proto.v1.FrameRun;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A CAN log in the form of can-utils' candump ({@code (1477899735.000002) can0 18F0010B#C0FF…}),
 * cut into batches of raw frames. Data frames of classic CAN; a remote or FD frame is no frame
 * here.
 *
 * <p>Event times are moved so that the log ends at a moment of the caller's choice; distances stay.
 */
public final class CandumpRecording {
  private static final int EXTENDED = 0x8000_0000;
  private static final long MAX_BASE = 0x7FF;
  private static final long MAX_EXTENDED = 0x1FFF_FFFF;
  private static final int MAX_DATA = 8;
  private static final HexFormat HEX = HexFormat.of();

  private final List<Due> due = new ArrayList<>();
  private final long sliceMicros;
  private final Numbering numbering;
  private long first = -1;
  private long sliceStart;
  private long shiftMicros;
  private long last;
  private final Map<String, FrameRun.Builder> runs = new LinkedHashMap<>();
  private final Map<String, ByteString.Output> data = new LinkedHashMap<>();

  private CandumpRecording(long sliceMillis, Numbering numbering) {
    this.sliceMicros = sliceMillis * 1000;
    this.numbering = numbering;
  }

  /**
   * Reads a log.
   *
   * @param sliceMillis how much of the log goes into a message
   * @param endAt the event time of its latest frame, ms since 1970
   * @throws InvalidInputException at the first line that is no frame, with its number
   */
  public static List<Due> read(
      BufferedReader lines, long sliceMillis, long endAt, Numbering numbering) throws IOException {
    if (sliceMillis < 1) {
      throw new IllegalArgumentException("slices of 1 ms or more, not " + sliceMillis);
    }
    List<String> all = new ArrayList<>();
    long latest = Long.MIN_VALUE;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      all.add(line.strip());
      if (!line.isBlank()) {
        latest = Math.max(latest, micros(line.strip(), all.size()));
      }
    }
    CandumpRecording recording = new CandumpRecording(sliceMillis, numbering);
    recording.shiftMicros = endAt * 1000 - latest;
    for (int i = 0; i < all.size(); i++) {
      if (!all.get(i).isEmpty()) {
        recording.add(all.get(i), i + 1);
      }
    }
    recording.flush();
    return recording.due;
  }

  private static long micros(String line, int number) {
    int dot = line.indexOf('.');
    int close = line.indexOf(')');
    if (!line.startsWith("(") || dot < 0 || close < dot) {
      throw bad(line, number);
    }
    try {
      String fraction = (line.substring(dot + 1, close) + "000000").substring(0, 6);
      return Long.parseLong(line.substring(1, dot)) * 1_000_000 + Long.parseLong(fraction);
    } catch (NumberFormatException e) {
      throw bad(line, number);
    }
  }

  private static InvalidInputException bad(String line, int number) {
    return new InvalidInputException(
        ReasonCode.WRONG_SHAPE, "line " + number + " is no candump frame: " + line);
  }

  private void add(String line, int number) throws IOException {
    String[] part = line.split("\\s+");
    int hash = part.length < 3 ? -1 : part[2].indexOf('#');
    if (hash < 1) {
      throw bad(line, number);
    }
    long at = micros(line, number);
    if (first < 0) {
      first = at;
      sliceStart = at;
    }
    if (at - sliceStart >= sliceMicros) {
      flush();
      sliceStart = at;
    }
    last = Math.max(last, at);
    try {
      String id = part[2].substring(0, hash);
      byte[] bytes = HEX.parseHex(part[2].substring(hash + 1).replace(".", ""));
      append(part[1], at, id, bytes);
    } catch (IllegalArgumentException e) {
      throw bad(line, number);
    }
  }

  private void append(String bus, long at, String id, byte[] bytes) throws IOException {
    long number = Long.parseLong(id, 16);
    boolean extended = id.length() > 3;
    if (number < 0 || number > (extended ? MAX_EXTENDED : MAX_BASE) || bytes.length > MAX_DATA) {
      throw new IllegalArgumentException("no CAN frame");
    }
    FrameRun.Builder run = runs.computeIfAbsent(bus, b -> FrameRun.newBuilder().setBus(b));
    run.addOffsetUs(at - sliceStart);
    run.addId((int) number | (extended ? EXTENDED : 0));
    run.addLength(bytes.length);
    data.computeIfAbsent(bus, b -> ByteString.newOutput()).write(bytes);
  }

  private void flush() {
    if (runs.isEmpty()) {
      return;
    }
    // base_time has milliseconds; what is left of the microseconds goes into the offsets.
    long base = Math.floorDiv(sliceStart + shiftMicros, 1000);
    long rest = sliceStart + shiftMicros - base * 1000;
    FrameBatch.Builder batch =
        FrameBatch.newBuilder().setOrigin(numbering.next()).setBaseTime(base);
    runs.forEach(
        (bus, run) -> {
          for (int i = 0; i < run.getOffsetUsCount(); i++) {
            run.setOffsetUs(i, run.getOffsetUs(i) + rest);
          }
          ByteString.Output bytes = data.get(bus);
          batch.addRuns(run.setData(bytes == null ? ByteString.EMPTY : bytes.toByteString()));
        });
    due.add(new Due((last - first) / 1000, Message.own("frames", batch.build())));
    runs.clear();
    data.clear();
  }
}
