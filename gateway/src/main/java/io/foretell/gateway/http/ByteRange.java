package io.foretell.gateway.http;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of a file, in bytes.
 *
 * @param from the first byte
 * @param length how many; 0 where nothing satisfies the request
 */
record ByteRange(long from, long length) {
  private static final Pattern SINGLE = Pattern.compile("bytes=\\s*(\\d{0,18})-(\\d{0,18})\\s*");

  /**
   * Reads a Range header with one range (RFC 9110 section 14.1.2). Empty where there is none that
   * has to be heeded: another unit, several ranges, or no syntax; then the whole is sent.
   */
  static Optional<ByteRange> parse(String header, long size) {
    Matcher range = SINGLE.matcher(header);
    if (!range.matches() || (range.group(1).isEmpty() && range.group(2).isEmpty())) {
      return Optional.empty();
    }
    if (range.group(1).isEmpty()) {
      long last = Math.min(Long.parseLong(range.group(2)), size);
      return Optional.of(new ByteRange(size - last, last));
    }
    long from = Long.parseLong(range.group(1));
    long to = range.group(2).isEmpty() ? Long.MAX_VALUE - 1 : Long.parseLong(range.group(2));
    if (to < from) {
      return Optional.empty();
    }
    return Optional.of(
        from >= size
            ? new ByteRange(from, 0)
            : new ByteRange(from, Math.min(to, size - 1) - from + 1));
  }

  boolean isSatisfiable() {
    return length > 0;
  }

  /** The Content-Range header. */
  String of(long size) {
    return isSatisfiable()
        ? "bytes " + from + "-" + (from + length - 1) + "/" + size
        : "bytes */" + size;
  }
}
