package io.foretell.ingest.payload.protobuf;

import io.foretell.ingest.Decoded;
import io.foretell.ingest.Limits;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Telemetry;
import io.foretell.proto.v1.FrameBatch;
import io.foretell.proto.v1.FrameRun;
import java.util.ArrayList;
import java.util.List;

/**
 * Raw frames, each run a value of its own. Where the batch has no time, its newest frame has the
 * time of its receipt. A run that names no bus is of {@value #ONLY_BUS}.
 */
final class FrameReader {
  private static final String ONLY_BUS = "can0";

  /** The data of a CAN FD frame (ISO 11898-1) has at most 64 bytes; that of CAN XL 2,048. */
  private static final int LONGEST_FRAME = 2_048;

  private FrameReader() {}

  static Decoded frames(FrameBatch batch, long receivedAt, Limits limits) {
    long base = batch.getBaseTime() == 0 ? base(batch, receivedAt) : micros(batch.getBaseTime());
    List<Telemetry> values = new ArrayList<>(batch.getRunsCount());
    long total = 0;
    for (FrameRun run : batch.getRunsList()) {
      total += run.getIdCount();
      if (total > limits.frames()) {
        throw wrong(total + " frames, " + limits.frames() + " are allowed");
      }
      if (run.getIdCount() + run.getLengthCount() + run.getOffsetUsCount() > 0) {
        values.add(frames(run, base));
      }
    }
    if (values.isEmpty()) {
      throw wrong("no frames");
    }
    return new Decoded(Messages.origin(batch.getOrigin()), values);
  }

  private static Telemetry.Frames frames(FrameRun run, long base) {
    String bus = run.getBus().isEmpty() ? ONLY_BUS : run.getBus();
    int n = run.getIdCount();
    if (run.getLengthCount() != n || run.getOffsetUsCount() != n) {
      throw wrong(
          "%s: %d ids, %d offsets, %d lengths"
              .formatted(bus, n, run.getOffsetUsCount(), run.getLengthCount()));
    }
    long[] micros = new long[n];
    int[] ids = new int[n];
    int[] ends = new int[n];
    long latest = 0;
    long end = 0;
    for (int i = 0; i < n; i++) {
      micros[i] = plus(base, run.getOffsetUs(i));
      latest = Math.max(latest, micros[i]);
      ids[i] = run.getId(i);
      end += length(bus, run.getLength(i));
      ends[i] = (int) end;
    }
    byte[] data = run.getData().toByteArray();
    if (end != data.length) {
      throw new InvalidInputException(
          ReasonCode.TRUNCATED_FRAME,
          "%s: lengths add up to %d bytes, there are %d".formatted(bus, end, data.length));
    }
    return new Telemetry.Frames(latest / 1_000, bus, micros, ids, ends, data);
  }

  private static int length(String bus, int length) {
    if (length < 0 || length > LONGEST_FRAME) {
      throw wrong(bus + ": a frame of " + Integer.toUnsignedString(length) + " bytes");
    }
    return length;
  }

  private static long base(FrameBatch batch, long receivedAt) {
    long latest = 0;
    for (FrameRun run : batch.getRunsList()) {
      for (int i = 0; i < run.getOffsetUsCount(); i++) {
        latest = Math.max(latest, run.getOffsetUs(i));
      }
    }
    return micros(receivedAt) - latest;
  }

  private static long micros(long millis) {
    try {
      return Math.multiplyExact(millis, 1_000L);
    } catch (ArithmeticException e) {
      throw wrong("base_time " + millis);
    }
  }

  private static long plus(long base, long offset) {
    try {
      return Math.addExact(base, offset);
    } catch (ArithmeticException e) {
      throw wrong("offset_us " + offset);
    }
  }

  private static InvalidInputException wrong(String detail) {
    return new InvalidInputException(ReasonCode.WRONG_SHAPE, detail);
  }
}
