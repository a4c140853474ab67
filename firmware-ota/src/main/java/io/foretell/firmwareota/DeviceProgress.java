package io.foretell.firmwareota;

import io.foretell.proto.Position;
import java.util.Optional;

/**
 * One device within a campaign.
 *
 * @param device its name
 * @param wave from 0
 * @param percent of the download
 * @param attempt how often it was sent a command
 * @param reason reason code of the last failure; empty where there was none
 * @param deadline when it counts as silent or unreached, ms since 1970; {@link Long#MAX_VALUE}
 *     where nothing is awaited
 * @param changedAt ms since 1970 on the server's clock
 * @param writtenOff whether a person went on without it
 * @param seen the last message of the device that was taken in
 * @param seenOrdinal with {@code seen}
 */
public record DeviceProgress(
    String device,
    int wave,
    DeviceStatus status,
    int percent,
    int attempt,
    String reason,
    String detail,
    long deadline,
    long changedAt,
    boolean writtenOff,
    Optional<Position> seen,
    int seenOrdinal) {

  static DeviceProgress pending(String device, int wave, long now) {
    return new DeviceProgress(
        device,
        wave,
        DeviceStatus.PENDING,
        0,
        0,
        "",
        "",
        Long.MAX_VALUE,
        now,
        false,
        Optional.empty(),
        0);
  }

  DeviceStatus.Bucket bucket() {
    return writtenOff ? DeviceStatus.Bucket.WRITTEN_OFF : status.bucket();
  }

  /** Whether a message is the last one taken in, or came before it. */
  boolean hasSeen(Position position, int ordinal) {
    if (seen.isEmpty()
        || seen.get().partition() != position.partition()
        || !seen.get().lane().equals(position.lane())) {
      return false;
    }
    long last = seen.get().offset();
    return position.offset() < last || (position.offset() == last && ordinal <= seenOrdinal);
  }

  DeviceProgress seeing(Position position, int ordinal) {
    return new DeviceProgress(
        device,
        wave,
        status,
        percent,
        attempt,
        reason,
        detail,
        deadline,
        changedAt,
        writtenOff,
        Optional.of(position),
        ordinal);
  }

  DeviceProgress offered(long now, long expiresAt) {
    return new DeviceProgress(
        device,
        wave,
        DeviceStatus.OFFERED,
        0,
        attempt + 1,
        "",
        "",
        expiresAt,
        now,
        false,
        seen,
        seenOrdinal);
  }

  DeviceProgress working(DeviceStatus next, int newPercent, long now, long newDeadline) {
    return new DeviceProgress(
        device,
        wave,
        next,
        newPercent,
        attempt,
        "",
        "",
        newDeadline,
        now,
        false,
        seen,
        seenOrdinal);
  }

  DeviceProgress settled(DeviceStatus next, String why, String text, long now) {
    return new DeviceProgress(
        device,
        wave,
        next,
        next == DeviceStatus.SUCCEEDED ? 100 : percent,
        attempt,
        why,
        text,
        Long.MAX_VALUE,
        now,
        writtenOff && next != DeviceStatus.SUCCEEDED,
        seen,
        seenOrdinal);
  }
}
