package io.foretell.proto;

import java.util.List;
import java.util.Map;

/**
 * What an uplink says, decoded, in event time. Times are ms since 1970 on the device's clock; a
 * message without a time has the time of its receipt.
 */
public sealed interface Telemetry {
  /** The event time that orders it: the latest within the message. */
  long time();

  /**
   * Samples of signals, as parallel columns.
   *
   * @param names one a series
   * @param times one array a series, ms since 1970, ascending
   * @param values as long as {@code times}
   */
  record Signals(long time, List<String> names, List<long[]> times, List<double[]> values)
      implements Telemetry {
    /** How many samples in all. */
    public int size() {
      int n = 0;
      for (long[] t : times) {
        n += t.length;
      }
      return n;
    }
  }

  /**
   * Codes that the device itself reports.
   *
   * @param source the part that speaks; empty: the device as a whole
   * @param complete whether a code that is not named is not present
   */
  record FaultCodes(long time, String source, boolean complete, List<Code> codes)
      implements Telemetry {
    /** Copies the codes. */
    public FaultCodes {
      codes = List.copyOf(codes);
    }
  }

  /**
   * One code, in the family's own notation, not yet interpreted.
   *
   * @param status ISO 14229-1 status byte
   * @param count occurrences; 0 where unknown
   */
  record Code(String code, int status, int count, Map<String, Double> freezeFrame) {
    /** Copies the freeze frame. */
    public Code {
      freezeFrame = Map.copyOf(freezeFrame);
    }
  }

  /**
   * Raw frames of one bus, as parallel columns, in the order of the bus.
   *
   * @param bus {@code can0}
   * @param micros event time of each frame, µs since 1970
   * @param ids CAN identifiers; bit 31 set: 29 bits
   * @param ends where each frame's data ends in {@code data}; it begins where the one before ends
   * @param data the frames' bytes, one after the other
   */
  record Frames(long time, String bus, long[] micros, int[] ids, int[] ends, byte[] data)
      implements Telemetry {}

  /**
   * The device's answer to a command.
   *
   * @param proof what the device now is or has measured
   */
  record Reply(
      long time, String commandId, Outcome outcome, String detail, Map<String, String> proof)
      implements Telemetry {
    /** Copies the proof. */
    public Reply {
      proof = Map.copyOf(proof);
    }
  }

  /** How a command went. */
  enum Outcome {
    ACCEPTED,
    DONE,
    FAILED,
    REFUSED,
    EXPIRED
  }

  /**
   * How an installation goes.
   *
   * @param campaignId empty in the report after a start that no campaign caused
   * @param percent 0–100
   * @param reason reason code of a failed step; empty otherwise
   * @param software component to version, as it runs now
   */
  record Update(
      long time,
      String campaignId,
      UpdateStep step,
      int percent,
      String reason,
      String detail,
      Map<String, String> software)
      implements Telemetry {
    /** Copies the software. */
    public Update {
      software = Map.copyOf(software);
    }
  }

  /** How far an installation is. */
  enum UpdateStep {
    RECEIVED,
    DOWNLOADING,
    VERIFIED,
    INSTALLED,
    RUNNING,
    ROLLED_BACK,
    FAILED,
    REFUSED
  }

  /**
   * The device came or went, as the gateway saw it.
   *
   * @param reason why: {@code connected}, {@code disconnected}, {@code keep-alive}, {@code will},
   *     {@code taken-over}, {@code closed}, {@code server-stopped}
   */
  record Presence(long time, boolean online, String via, String reason) implements Telemetry {}
}
