package io.foretell.firmwareota;

import io.foretell.firmwareota.DeviceStatus.Bucket;

/**
 * How many devices of a wave are where; together they are its {@link #targets}.
 *
 * @param open have been sent the command and have not settled
 * @param failed failed, refused, or silent
 * @param unreached took no command before it expired
 * @param writtenOff failed or unreached, and a person went on without them
 */
public record WaveCount(
    int pending,
    int open,
    int succeeded,
    int failed,
    int rolledBack,
    int unreached,
    int writtenOff) {

  static WaveCount of(int targets) {
    return new WaveCount(targets, 0, 0, 0, 0, 0, 0);
  }

  /** How many devices the wave has. */
  public int targets() {
    return counting() + writtenOff;
  }

  /** How many devices the thresholds look at. */
  int counting() {
    return pending + open + succeeded + failed + rolledBack + unreached;
  }

  boolean settled() {
    return pending + open == 0;
  }

  WaveCount moved(Bucket from, Bucket to) {
    return add(from, -1).add(to, 1);
  }

  WaveCount failuresWrittenOff() {
    return new WaveCount(
        pending, open, succeeded, 0, 0, 0, writtenOff + failed + rolledBack + unreached);
  }

  WaveCount failuresPending() {
    return new WaveCount(
        pending + failed + rolledBack + unreached, open, succeeded, 0, 0, 0, writtenOff);
  }

  WaveCount pendingOpened() {
    return new WaveCount(0, open + pending, succeeded, failed, rolledBack, unreached, writtenOff);
  }

  private WaveCount add(Bucket bucket, int n) {
    return new WaveCount(
        pending + (bucket == Bucket.PENDING ? n : 0),
        open + (bucket == Bucket.OPEN ? n : 0),
        succeeded + (bucket == Bucket.SUCCEEDED ? n : 0),
        failed + (bucket == Bucket.FAILED ? n : 0),
        rolledBack + (bucket == Bucket.ROLLED_BACK ? n : 0),
        unreached + (bucket == Bucket.UNREACHED ? n : 0),
        writtenOff + (bucket == Bucket.WRITTEN_OFF ? n : 0));
  }
}
