package io.foretell.proto;

/** Bytes of a value, and back; every version reads what all earlier ones wrote. */
public interface Codec<T> {
  /** The bytes of {@code value}. */
  byte[] encode(T value);

  /**
   * The value of {@code bytes}.
   *
   * @throws InvalidInputException where they are none
   */
  T decode(byte[] bytes);
}
