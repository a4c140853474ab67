package io.foretell.gateway.coap;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.foretell.gateway.Door.Receipt;
import io.foretell.proto.ReasonCode;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Response;

/** Response codes (RFC 7252 section 5.9) for receipts and reasons. */
final class Answers {
  /** Seconds after which a device that was sent away may come again. */
  private static final long RETRY_AFTER = 10;

  private Answers() {}

  static Response to(Receipt receipt) {
    if (receipt instanceof Receipt.Stored) {
      return new Response(ResponseCode.CHANGED);
    }
    if (receipt instanceof Receipt.Rejected rejected) {
      return refusal(rejected.reason());
    }
    return refusal(((Receipt.Unavailable) receipt).reason());
  }

  static Response refusal(ReasonCode reason) {
    return refusal(reason, code(reason));
  }

  /** The reason's name is the diagnostic payload (section 5.5.2), so it has no Content-Format. */
  private static Response refusal(ReasonCode reason, ResponseCode code) {
    Response response = new Response(code);
    response.setPayload(reason.name().getBytes(US_ASCII));
    if (code == ResponseCode.SERVICE_UNAVAILABLE || code == ResponseCode.TOO_MANY_REQUESTS) {
      response.getOptions().setMaxAge(RETRY_AFTER);
    }
    return response;
  }

  static ResponseCode code(ReasonCode reason) {
    return switch (reason.httpStatus()) {
      case 401 -> ResponseCode.UNAUTHORIZED;
      case 403 -> ResponseCode.FORBIDDEN;
      case 404, 410 -> ResponseCode.NOT_FOUND;
      case 409 -> ResponseCode.CONFLICT;
      case 412 -> ResponseCode.PRECONDITION_FAILED;
      case 413 -> ResponseCode.REQUEST_ENTITY_TOO_LARGE;
      case 415 -> ResponseCode.UNSUPPORTED_CONTENT_FORMAT;
      case 422 -> ResponseCode.UNPROCESSABLE_ENTITY;
      case 429 -> ResponseCode.TOO_MANY_REQUESTS;
      case 500 -> ResponseCode.INTERNAL_SERVER_ERROR;
      case 503 -> ResponseCode.SERVICE_UNAVAILABLE;
      default -> ResponseCode.BAD_REQUEST;
    };
  }
}
