package io.foretell.gateway.mqtt;

import static io.foretell.gateway.mqtt.ProtocolViolationException.malformed;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * A reading position within one packet's body, that never leaves it. It reads absolutely, so the
 * buffer's own indexes stay; one cursor serves a connection's whole life.
 */
final class Cursor {
  private ByteBuf in = Unpooled.EMPTY_BUFFER;
  private int at;
  private int end;

  /** Stands at {@code from}, before {@code to}. */
  void place(ByteBuf buffer, int from, int to) {
    in = buffer;
    at = from;
    end = to;
  }

  /** Lets go of the buffer. */
  void leave() {
    in = Unpooled.EMPTY_BUFFER;
    at = 0;
    end = 0;
  }

  int left() {
    return end - at;
  }

  boolean atEnd() {
    return at == end;
  }

  int position() {
    return at;
  }

  /** One byte, unsigned. */
  int u8() {
    need(1);
    return in.getUnsignedByte(at++);
  }

  /** Clears all bits but these of the byte that was read last. */
  void keepOnly(int bits) {
    in.setByte(at - 1, in.getByte(at - 1) & bits);
  }

  /** Two bytes, most significant first (1.5.2). */
  int u16() {
    need(2);
    int value = in.getUnsignedShort(at);
    at += 2;
    return value;
  }

  /** Four bytes, most significant first (1.5.3). */
  long u32() {
    need(4);
    long value = in.getUnsignedInt(at);
    at += 4;
    return value;
  }

  /** A variable byte integer in its shortest form (1.5.5) [MQTT-1.5.5-1]. */
  int varint() {
    int value = 0;
    for (int shift = 0; shift < 28; shift += 7) {
      int digit = u8();
      value |= (digit & 0x7F) << shift;
      if (digit < 0x80) {
        if (digit == 0 && shift > 0) {
          throw malformed("variable byte integer longer than needed [MQTT-1.5.5-1]");
        }
        return value;
      }
    }
    throw malformed("variable byte integer of more than four bytes (1.5.5)");
  }

  /** Passes over so many bytes. */
  void skip(int bytes) {
    need(bytes);
    at += bytes;
  }

  /** Passes over binary data of two length bytes (1.5.6). */
  void binary() {
    skip(u16());
  }

  /** Passes over a string, checking it; returns its length in bytes. */
  int string(Utf8.Strictness strictness) {
    int length = u16();
    need(length);
    Utf8.check(in, at, length, strictness);
    at += length;
    return length;
  }

  /** Passes over a topic name or filter; returns where its bytes begin. */
  int topic() {
    int length = string(Utf8.Strictness.NAME);
    return at - length;
  }

  /** A byte that was passed over or lies ahead. */
  byte byteAt(int index) {
    return in.getByte(index);
  }

  private void need(int bytes) {
    if (end - at < bytes) {
      throw malformed("packet ends within a field (2.1.4)");
    }
  }
}
