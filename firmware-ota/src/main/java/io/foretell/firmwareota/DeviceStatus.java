package io.foretell.firmwareota;

/** How far one device of a campaign is, by what it said itself. */
public enum DeviceStatus {
  /** Its wave has not begun. */
  PENDING(Bucket.PENDING),
  /** The command is on its way; the device has not said a word. */
  OFFERED(Bucket.OPEN),
  RECEIVED(Bucket.OPEN),
  DOWNLOADING(Bucket.OPEN),
  VERIFIED(Bucket.OPEN),
  INSTALLED(Bucket.OPEN),
  /** It reported that it runs the version: the proof. */
  SUCCEEDED(Bucket.SUCCEEDED),
  FAILED(Bucket.FAILED),
  REFUSED(Bucket.FAILED),
  /** It took the command and never came back. */
  SILENT(Bucket.FAILED),
  /** It fell back to its old software. */
  ROLLED_BACK(Bucket.ROLLED_BACK),
  /** It had not taken the command when that expired. */
  UNREACHED(Bucket.UNREACHED);

  private final Bucket bucket;

  DeviceStatus(Bucket bucket) {
    this.bucket = bucket;
  }

  Bucket bucket() {
    return bucket;
  }

  boolean open() {
    return bucket == Bucket.OPEN;
  }

  /** What a wave counts. */
  enum Bucket {
    PENDING,
    OPEN,
    SUCCEEDED,
    FAILED,
    ROLLED_BACK,
    UNREACHED,
    /** Failed, and a person went on without it. */
    WRITTEN_OFF
  }
}
