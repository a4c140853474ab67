package io.foretell.proto;

import java.util.regex.Pattern;

/**
 * A device within its tenant. The text form is {@code device@tenant}, or {@code device} alone for
 * the tenant {@value #DEFAULT_TENANT}.
 *
 * @param tenant 1–64 characters of {@code A-Z a-z 0-9 . _ -}
 * @param device 1–128 characters of {@code A-Z a-z 0-9 . _ : -}; so never a topic wildcard, a
 *     separator or a path
 */
public record DeviceId(String tenant, String device) implements Comparable<DeviceId> {
  /** The tenant of a device that names none. */
  public static final String DEFAULT_TENANT = "default";

  private static final Pattern TENANT = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final Pattern DEVICE = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

  /** Refuses names outside of the alphabet with {@link InvalidInputException}. */
  public DeviceId {
    if (!TENANT.matcher(tenant).matches()) {
      throw new InvalidInputException(ReasonCode.INVALID_NAME, "tenant name '" + tenant + "'");
    }
    if (!DEVICE.matcher(device).matches()) {
      throw new InvalidInputException(ReasonCode.INVALID_NAME, "device name '" + device + "'");
    }
  }

  /** Reads {@code device@tenant} or {@code device}. */
  public static DeviceId parse(String text) {
    int at = text.lastIndexOf('@');
    return at < 0
        ? new DeviceId(DEFAULT_TENANT, text)
        : new DeviceId(text.substring(at + 1), text.substring(0, at));
  }

  @Override
  public int compareTo(DeviceId other) {
    int byTenant = tenant.compareTo(other.tenant);
    return byTenant != 0 ? byTenant : device.compareTo(other.device);
  }

  @Override
  public String toString() {
    return device + "@" + tenant;
  }
}
