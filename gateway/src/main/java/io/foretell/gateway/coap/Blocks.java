package io.foretell.gateway.coap;

import java.io.IOException;
import org.eclipse.californium.core.coap.BlockOption;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;

/**
 * One block of a body that is never in memory as a whole (RFC 7959 section 2.4, random access): the
 * client walks through it, the server keeps nothing between two blocks.
 */
final class Blocks {
  /** SZX 6: 1024 bytes, the largest block of CoAP over UDP. */
  static final int LARGEST = 6;

  private Blocks() {}

  /** Reads a part of the body. */
  interface Body {
    byte[] read(long from, int length) throws IOException;
  }

  /**
   * The block that a request asks for.
   *
   * @param size of the whole body, bytes
   * @param maxSzx size exponent of the largest block to give, 0–6
   */
  static Response answer(Request request, long size, int maxSzx, Body body) throws IOException {
    BlockOption asked = request.getOptions().getBlock2();
    int szx = asked == null ? maxSzx : Math.min(Math.min(asked.getSzx(), LARGEST), maxSzx);
    int length = BlockOption.szx2Size(szx);
    long from = asked == null ? 0 : asked.getOffset();
    if (from > 0 && from >= size) {
      Response response = new Response(ResponseCode.BAD_OPTION);
      response.setPayload("no block " + asked + " in " + size + " bytes");
      return response;
    }
    int here = (int) Math.min(length, size - from);
    boolean more = from + here < size;
    Response response = new Response(ResponseCode.CONTENT);
    response.setPayload(body.read(from, here));
    if (more || asked != null) {
      response.getOptions().setBlock2(szx, more, (int) (from / length));
      if (from == 0) {
        response.getOptions().setSize2((int) Math.min(size, Integer.MAX_VALUE));
      }
    }
    return response;
  }
}
