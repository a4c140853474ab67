package io.foretell.agent.coap;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import org.eclipse.californium.core.coap.BlockOption;
import org.eclipse.californium.core.coap.Response;
import org.jspecify.annotations.Nullable;

/** A body as a stream that asks for its blocks one after the other (RFC 7959, 2.4). */
final class BlockBody extends InputStream {
  /** SZX 6: 1024 bytes, the largest block over UDP. */
  private static final int LARGEST = 6;

  private static final int LAST_NUMBER = (1 << 20) - 1;

  private final String what;
  private final Source source;
  private int szx = LARGEST;
  private long next;
  private byte[] block = {};
  private int at;
  private boolean last;
  private byte @Nullable [] etag;

  /** Gets a block; fails where there is none. */
  interface Source {
    Response block(BlockOption asked) throws IOException;
  }

  /**
   * Asks for the first block at once.
   *
   * @param offset of the first byte wanted
   */
  BlockBody(String what, long offset, Source source) throws IOException {
    this.what = what;
    this.source = source;
    this.next = offset;
    ask();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (at == block.length && !last) {
      ask();
    }
    if (at == block.length) {
      return -1;
    }
    int n = Math.min(length, block.length - at);
    System.arraycopy(block, at, target, offset, n);
    at += n;
    return n;
  }

  /** Gets the block that has the next byte; a server may have smaller ones than are asked for. */
  private void ask() throws IOException {
    long number = next >> (szx + 4);
    if (number > LAST_NUMBER) {
      throw new IOException(what + ": byte " + next + " is beyond what CoAP has numbers for");
    }
    Response response = source.block(new BlockOption(szx, false, (int) number));
    requireSame(response.getOptions().getETags());
    BlockOption got = response.getOptions().getBlock2();
    byte[] payload = response.getPayload();
    long from = got == null ? 0 : (long) got.getNum() << (got.getSzx() + 4);
    long to = from + payload.length;
    last = got == null || !got.isM();
    boolean smaller = got != null && got.getSzx() < szx;
    szx = smaller ? got.getSzx() : szx;
    if (smaller && from <= next && to <= next && !last) {
      ask();
      return;
    }
    if (from > next || to < next || (to == next && !last)) {
      throw new IOException(
          what + ": asked for byte " + next + ", got " + payload.length + " bytes from " + from);
    }
    block = payload;
    at = (int) (next - from);
    next = to;
  }

  /** Blocks of two bodies must not become one. */
  private void requireSame(List<byte[]> etags) throws IOException {
    byte[] now = etags.isEmpty() ? null : etags.get(0);
    if (etag != null && !Arrays.equals(etag, now)) {
      throw new IOException(what + ": it has changed while it was fetched");
    }
    etag = now;
  }
}
