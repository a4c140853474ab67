package io.foretell.diagnostics;

import io.foretell.proto.DeviceId;
import io.foretell.proto.Finding;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Names findings after what they assert, so that whoever derives one again names it the same. */
public final class FindingId {
  private static final int BYTES = 16;

  private FindingId() {}

  /**
   * The first 128 bits of a SHA-256, as 32 lower-case hex digits.
   *
   * @param since event time when the condition began, ms since 1970
   * @param step tells the assertions of one kind on one condition apart: empty for the first,
   *     {@code MAJOR} for one that it is worse now
   */
  public static String of(
      DeviceId device, String cause, long since, Finding.Kind kind, String step) {
    String name =
        String.join("\n", device.toString(), cause, Long.toString(since), kind.name(), step);
    byte[] digest = sha256().digest(name.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest, 0, BYTES);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
