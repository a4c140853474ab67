package io.foretell.diagnostics.uds;

import io.foretell.diagnostics.trace.Trace;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Decodes positive answers to ReadDTCInformation, ISO 14229-1 clause 12.3, the sub-functions of the
 * 2006, 2013 and 2020 editions alike.
 *
 * <pre>
 *   59 sf …
 *   01 07 11 12              mask, format, count (2)
 *   02 0A–0F 13 15           mask, n × (DTC 3, status)
 *   03                       n × (DTC 3, record number)
 *   04                       DTC 3, status, n × (record, dids, dids × (DID 2, data))
 *   05                       record, DTC 3, status, dids, dids × (DID 2, data)
 *   06 10                    DTC 3, status, n × (record, data)
 *   08 09                    mask, n × (severity, unit, DTC 3, status)
 *   14                       n × (DTC 3, detection counter)
 *   16                       record, n × (DTC 3, status, data)
 *   17                       memory, mask, n × (DTC 3, status)
 *   18 19                    memory, then as 04 and 06
 *   1A                       mask, record, n × (DTC 3, status); mask alone: no code has the record
 *   42                       group, mask, severity mask, format, n × (severity, DTC 3, status)
 *   55                       group, mask, format, n × (DTC 3, status)
 *   56                       group, mask, format, readiness group, n × (DTC 3, status)
 * </pre>
 *
 * Words of zeros are padding, not codes.
 */
public final class DtcReports {
  /** Service identifier of the answer. */
  public static final int POSITIVE = 0x59;

  private static final int NEGATIVE = 0x7F;
  private static final String CODE = "code (3), status (annex D.2)";

  private DtcReports() {}

  /** Whether these bytes refuse a service. */
  public static boolean isNegative(byte[] answer) {
    return answer.length > 0 && (answer[0] & 0xFF) == NEGATIVE;
  }

  /**
   * Reads a refusal.
   *
   * @throws InvalidInputException where it is cut off
   */
  public static NegativeResponse negative(byte[] answer) {
    Cursor in = new Cursor(answer, 1, Trace.NONE);
    return new NegativeResponse(in.one(), in.one());
  }

  /**
   * Reads a positive answer.
   *
   * @param sizes lengths that the answer does not say
   * @throws InvalidInputException where it is none, is cut off, or its sub-function is reserved
   */
  public static DtcReport read(byte[] answer, DataSizes sizes) {
    return read(answer, sizes, Trace.NONE);
  }

  /**
   * Reads a positive answer, and tells how.
   *
   * @param sizes lengths that the answer does not say
   * @throws InvalidInputException where it is none, is cut off, or its sub-function is reserved
   */
  public static DtcReport read(byte[] answer, DataSizes sizes, Trace trace) {
    Cursor in = new Cursor(answer, 0, trace);
    if (in.left() < 2 || in.one() != POSITIVE) {
      throw new InvalidInputException(
          ReasonCode.WRONG_SHAPE, "no answer to ReadDTCInformation: must begin with 59");
    }
    int sub = in.one();
    in.step(0, 2, DtcRequests.name(sub));
    Builder to = new Builder(sub);
    switch (sub) {
      case 0x01, 0x07, 0x11, 0x12 -> counted(in, to);
      case 0x02, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F, 0x13, 0x15 -> {
        to.availability = mask(in);
        statuses(in, to);
      }
      case 0x03 -> snapshotNumbers(in, to);
      case 0x04 -> snapshots(in, to, sizes);
      case 0x05 -> storedData(in, to, sizes);
      case 0x06, 0x10 -> extended(in, to, sizes);
      case 0x08, 0x09 -> severities(in, to);
      case 0x14 -> detectionCounters(in, to);
      case 0x16 -> extendedByRecord(in, to, sizes);
      case 0x17 -> {
        to.memory = in.one("memory selection");
        to.availability = mask(in);
        statuses(in, to);
      }
      case 0x18 -> {
        to.memory = in.one("memory selection");
        snapshots(in, to, sizes);
      }
      case 0x19 -> {
        to.memory = in.one("memory selection");
        extended(in, to, sizes);
      }
      case 0x1A -> {
        to.availability = mask(in);
        // A unit that supports the record for no code may leave its number out.
        if (in.left() > 0) {
          to.record = in.one("extended data record number");
        }
        statuses(in, to);
      }
      case 0x42, 0x55, 0x56 -> emissions(in, to);
      default ->
          throw new InvalidInputException(
              ReasonCode.WRONG_SHAPE, "sub-function " + sub + " is reserved");
    }
    return to.report();
  }

  private static OptionalInt mask(Cursor in) {
    return in.one("status availability mask: the bits that the unit supports");
  }

  private static void counted(Cursor in, Builder to) {
    to.availability = mask(in);
    to.format = in.one("DTC format identifier (annex D.4)");
    in.step(2, "number of codes, big endian");
    to.count = in.two();
  }

  private static void statuses(Cursor in, Builder to) {
    while (in.more()) {
      in.step(4, CODE);
      int dtc = in.three();
      int status = in.one();
      if ((dtc | status) != 0) {
        to.dtcs.add(DtcRecord.of(dtc, status));
      }
    }
  }

  private static void severities(Cursor in, Builder to) {
    to.availability = mask(in);
    while (in.more()) {
      in.step(6, "severity (annex D.3), functional unit, code (3), status");
      OptionalInt severity = OptionalInt.of(in.one());
      OptionalInt unit = OptionalInt.of(in.one());
      int dtc = in.three();
      int status = in.one();
      if ((dtc | status) != 0) {
        to.dtcs.add(
            new DtcRecord(dtc, status, severity, unit, OptionalInt.empty(), Optional.empty()));
      }
    }
  }

  private static void detectionCounters(Cursor in, Builder to) {
    while (in.more()) {
      in.step(4, "code (3), fault detection counter, two's complement (annex D.6)");
      int dtc = in.three();
      byte counted = (byte) in.one();
      OptionalInt counter = OptionalInt.of(counted);
      to.dtcs.add(
          new DtcRecord(
              dtc, 0, OptionalInt.empty(), OptionalInt.empty(), counter, Optional.empty()));
    }
  }

  private static void emissions(Cursor in, Builder to) {
    to.group = in.one("functional group identifier (annex D.5)");
    to.availability = mask(in);
    boolean severity = to.sub == 0x42;
    if (severity) {
      to.severityMask = in.one("severity availability mask");
    }
    to.format = in.one("DTC format identifier (annex D.4)");
    if (to.sub == 0x56) {
      to.record = in.one("readiness group identifier");
    }
    if (!severity) {
      statuses(in, to);
      return;
    }
    while (in.more()) {
      in.step(5, "severity (annex D.3), code (3), status (annex D.2)");
      OptionalInt bits = OptionalInt.of(in.one());
      int dtc = in.three();
      int status = in.one();
      to.dtcs.add(
          new DtcRecord(
              dtc, status, bits, OptionalInt.empty(), OptionalInt.empty(), Optional.empty()));
    }
  }

  private static void snapshotNumbers(Cursor in, Builder to) {
    while (in.more()) {
      in.step(4, "code (3), snapshot record number");
      int dtc = in.three();
      DtcRecord.Data record = new DtcRecord.Data(in.one(), -1, new byte[0]);
      to.dtcs.add(
          DtcRecord.of(dtc, 0, new DtcRecord.Records(DtcRecord.Kind.SNAPSHOT, List.of(record))));
    }
  }

  private static void snapshots(Cursor in, Builder to, DataSizes sizes) {
    in.step(4, CODE);
    int dtc = in.three();
    int status = in.one();
    List<DtcRecord.Data> data = new ArrayList<>();
    while (in.more()) {
      in.step(2, "snapshot record number, number of identifiers");
      identified(in, in.one(), data, sizes);
    }
    to.dtcs.add(DtcRecord.of(dtc, status, new DtcRecord.Records(DtcRecord.Kind.SNAPSHOT, data)));
  }

  private static void storedData(Cursor in, Builder to, DataSizes sizes) {
    while (in.more()) {
      in.step(1, "stored data record number");
      int record = in.one();
      if (in.left() == 0) {
        return;
      }
      in.step(4, CODE);
      int dtc = in.three();
      int status = in.one();
      List<DtcRecord.Data> data = new ArrayList<>();
      in.step(1, "number of identifiers");
      identified(in, record, data, sizes);
      to.dtcs.add(
          DtcRecord.of(dtc, status, new DtcRecord.Records(DtcRecord.Kind.STORED_DATA, data)));
    }
  }

  private static void identified(Cursor in, int record, List<DtcRecord.Data> to, DataSizes sizes) {
    int n = in.one();
    for (int i = 0; i < n; i++) {
      in.step(2, "data identifier");
      int did = in.two();
      Integer size = sizes.dids().get(did);
      int bytes = size == null ? in.left() : size;
      in.step(bytes, size == null ? "data: length not known, so the rest" : "data, by definition");
      to.add(new DtcRecord.Data(record, did, in.bytes(bytes)));
      if (size == null) {
        return;
      }
    }
  }

  private static void extended(Cursor in, Builder to, DataSizes sizes) {
    in.step(4, CODE);
    int dtc = in.three();
    int status = in.one();
    List<DtcRecord.Data> data = new ArrayList<>();
    while (in.more()) {
      in.step(1, "extended data record number");
      int record = in.one();
      int bytes = sizes.ofExtended(record, in.left());
      in.step(bytes, "extended data, length by definition");
      data.add(new DtcRecord.Data(record, -1, in.bytes(bytes)));
    }
    to.dtcs.add(DtcRecord.of(dtc, status, new DtcRecord.Records(DtcRecord.Kind.EXTENDED, data)));
  }

  private static void extendedByRecord(Cursor in, Builder to, DataSizes sizes) {
    in.step(1, "extended data record number");
    int record = in.one();
    to.record = OptionalInt.of(record);
    while (in.more()) {
      in.step(4, CODE);
      int dtc = in.three();
      int status = in.one();
      int size = sizes.ofExtended(record, in.left());
      in.step(size, "extended data, length by definition");
      byte[] bytes = in.bytes(size);
      to.dtcs.add(
          DtcRecord.of(
              dtc,
              status,
              new DtcRecord.Records(
                  DtcRecord.Kind.EXTENDED, List.of(new DtcRecord.Data(record, -1, bytes)))));
    }
  }

  /** What has been read so far. */
  private static final class Builder {
    final int sub;
    final List<DtcRecord> dtcs = new ArrayList<>();
    int count = -1;
    OptionalInt record = OptionalInt.empty();
    OptionalInt availability = OptionalInt.empty();
    OptionalInt format = OptionalInt.empty();
    OptionalInt group = OptionalInt.empty();
    OptionalInt memory = OptionalInt.empty();
    OptionalInt severityMask = OptionalInt.empty();

    Builder(int sub) {
      this.sub = sub;
    }

    DtcReport report() {
      return new DtcReport(
          sub,
          count < 0 ? dtcs.size() : count,
          availability,
          format,
          group,
          memory,
          record,
          severityMask,
          dtcs);
    }
  }
}
