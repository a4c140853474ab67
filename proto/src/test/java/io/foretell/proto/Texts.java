package io.foretell.proto;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.function.Function;

/** Codecs for the values of tests, all of them text in UTF-8. */
public final class Texts {
  /** A text itself. */
  public static final Codec<String> TEXT = of(text -> text, text -> text);

  /** A number in digits. */
  public static final Codec<Long> NUMBER = of(number -> number + "", Long::valueOf);

  private Texts() {}

  /**
   * Of any value that can be written as a text.
   *
   * @param read takes what {@code written} gives
   */
  public static <T> Codec<T> of(Function<T, String> written, Function<String, T> read) {
    return new Codec<>() {
      @Override
      public byte[] encode(T value) {
        return written.apply(value).getBytes(UTF_8);
      }

      @Override
      public T decode(byte[] bytes) {
        return read.apply(new String(bytes, UTF_8));
      }
    };
  }
}
