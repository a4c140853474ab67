package io.foretell.servicedesk.webhook;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * A range of addresses: {@code 10.0.0.0/8}, {@code fc00::/7}.
 *
 * @param base its first address, 4 or 16 bytes; not copied
 * @param bits how many leading bits its addresses share
 */
record Network(byte[] base, int bits) {

  /**
   * Reads the CIDR notation.
   *
   * @throws IllegalArgumentException where it is none
   */
  static Network parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    if (!address.matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
      throw new IllegalArgumentException("no network: " + text);
    }
    try {
      byte[] base = InetAddress.getByName(address).getAddress();
      int bits = slash < 0 ? base.length * 8 : Integer.parseInt(text.substring(slash + 1));
      if (bits < 0 || bits > base.length * 8) {
        throw new IllegalArgumentException("no network: " + text);
      }
      return new Network(base, bits);
    } catch (UnknownHostException | NumberFormatException e) {
      throw new IllegalArgumentException("no network: " + text, e);
    }
  }

  boolean contains(byte[] address) {
    if (address.length != base.length) {
      return false;
    }
    for (int bit = 0; bit < bits; bit++) {
      int mask = 0x80 >> (bit & 7);
      if ((address[bit >> 3] & mask) != (base[bit >> 3] & mask)) {
        return false;
      }
    }
    return true;
  }
}
