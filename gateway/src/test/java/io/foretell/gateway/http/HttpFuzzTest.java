package io.foretell.gateway.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.foretell.gateway.Route;
import io.foretell.proto.InvalidInputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

/** Fuzzing of what the door reads of HTTP itself: compressed bodies, ranges, routes. */
class HttpFuzzTest {
  private static final String LONG = "30m";
  private static final int LIMIT = 4_096;

  /** A body is never longer than its limit, the same twice, and found again when compressed. */
  @FuzzTest(maxDuration = LONG)
  void gzip(byte[] data) {
    byte[] plain = unzipped(data);
    check(plain.length <= LIMIT, "beyond the limit");
    check(Arrays.equals(plain, unzipped(data)), "another body than before");
    if (data.length <= LIMIT) {
      check(Arrays.equals(data, Body.unzip(zipped(data), LIMIT)), "not what was compressed");
    }
  }

  /** The first byte and its square are the size of the file. */
  @FuzzTest(maxDuration = LONG)
  void rangeAndRoute(byte[] data) {
    if (data.length == 0) {
      return;
    }
    String text = new String(data, 1, data.length - 1, ISO_8859_1);
    long size = (long) data[0] * data[0] * data[0] * data[0];
    ByteRange.parse(text, size)
        .ifPresent(
            range ->
                check(
                    range.length() == 0
                        || range.from() >= 0 && range.from() + range.length() <= size,
                    "outside of the file: " + range));
    Route.parse(text)
        .ifPresent(route -> check(!route.kind().route().isEmpty(), "a route to nowhere"));
  }

  private static byte[] unzipped(byte[] data) {
    try {
      return Body.unzip(data, LIMIT);
    } catch (InvalidInputException e) {
      return new byte[0];
    }
  }

  private static byte[] zipped(byte[] plain) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
      zip.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail to be written", e);
    }
    return bytes.toByteArray();
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException(what);
    }
  }
}
