package io.foretell.gateway;

/**
 * How much may come in over all protocols, in the long run; two seconds' worth at once.
 *
 * @param deviceMessages of one device a second; 0 for any number
 * @param deviceBytes payload of one device a second; 0 for any number
 * @param tenantMessages of all devices of a tenant a second; 0 for any number
 * @param tenantBytes payload of all devices of a tenant a second; 0 for any number
 */
public record QuotaLimits(
    long deviceMessages, long deviceBytes, long tenantMessages, long tenantBytes) {
  /** Anything goes. */
  public static final QuotaLimits NONE = new QuotaLimits(0, 0, 0, 0);

  /** Refuses negative limits. */
  public QuotaLimits {
    if (deviceMessages < 0 || deviceBytes < 0 || tenantMessages < 0 || tenantBytes < 0) {
      throw new IllegalArgumentException("a quota must be 0 or more");
    }
  }

  boolean none() {
    return deviceMessages + deviceBytes + tenantMessages + tenantBytes == 0;
  }
}
