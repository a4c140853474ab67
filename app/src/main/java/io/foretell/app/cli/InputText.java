package io.foretell.app.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackInputStream;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;

/**
 * Text as people have it: UTF-8, or UTF-16 where its mark says so, compressed by gzip or not; which
 * of them its first bytes tell, not its name.
 */
final class InputText {
  private static final int BUFFER = 1 << 16;
  private static final int GZIP = 0x1F8B;
  private static final int LITTLE = 0xFFFE;
  private static final int BIG = 0xFEFF;
  private static final int UTF_8_MARK = 0xEFBBBF;
  private static final int LONGEST_MARK = 3;

  private InputText() {}

  /**
   * The characters of a stream, without a mark.
   *
   * @throws IOException where the stream cannot be read, or begins like gzip and is not
   */
  static Reader reader(InputStream stream) throws IOException {
    PushbackInputStream in = new PushbackInputStream(stream, LONGEST_MARK);
    if (number(peek(in), 2) == GZIP) {
      in = new PushbackInputStream(new GZIPInputStream(in, BUFFER), LONGEST_MARK);
    }
    byte[] first = peek(in);
    int two = number(first, 2);
    Charset charset = StandardCharsets.UTF_8;
    if (two == LITTLE || two == BIG) {
      charset = StandardCharsets.UTF_16;
    } else if (number(first, LONGEST_MARK) == UTF_8_MARK) {
      in.skipNBytes(LONGEST_MARK);
    }
    return new BufferedReader(new InputStreamReader(in, charset), BUFFER);
  }

  private static byte[] peek(PushbackInputStream in) throws IOException {
    byte[] first = in.readNBytes(LONGEST_MARK);
    in.unread(first);
    return first;
  }

  private static int number(byte[] bytes, int count) {
    int value = 0;
    for (int i = 0; i < count; i++) {
      value = value << 8 | (i < bytes.length ? bytes[i] & 0xFF : 0);
    }
    return value;
  }
}
