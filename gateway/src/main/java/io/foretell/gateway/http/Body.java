package io.foretell.gateway.http;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;

/** A request's body, read up to a limit that also holds for what gzip makes of it. */
final class Body {
  private final HttpServerRequest request;
  private final int limit;
  private final Buffer collected = Buffer.buffer();
  private final Promise<byte[]> whole = Promise.promise();

  private Body(HttpServerRequest request, int limit) {
    this.request = request;
    this.limit = limit;
  }

  /**
   * Reads the body of a paused request; fails with {@link InvalidInputException}.
   *
   * @param limit bytes, before and after decompression
   */
  static Future<byte[]> read(HttpServerRequest request, int limit) {
    String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
    boolean gzip = encoding != null && encoding.equalsIgnoreCase("gzip");
    if (encoding != null && !gzip && !encoding.equalsIgnoreCase("identity")) {
      return Future.failedFuture(
          new InvalidInputException(
              ReasonCode.UNSUPPORTED_CONTENT_TYPE, "Content-Encoding other than gzip"));
    }
    Future<byte[]> raw = new Body(request, limit).collect();
    return gzip ? raw.map(bytes -> unzip(bytes, limit)) : raw;
  }

  private Future<byte[]> collect() {
    if (statedLength() > limit) {
      return Future.failedFuture(tooLarge(limit));
    }
    request.handler(this::take);
    request.endHandler(end -> whole.tryComplete(collected.getBytes()));
    request.exceptionHandler(whole::tryFail);
    if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
      request.response().writeContinue().onFailure(whole::tryFail);
    }
    request.resume();
    return whole.future();
  }

  private void take(Buffer part) {
    if (collected.length() + part.length() > limit) {
      request.handler(null);
      whole.tryFail(tooLarge(limit));
    } else {
      collected.appendBuffer(part);
    }
  }

  private long statedLength() {
    try {
      String stated = request.getHeader(HttpHeaders.CONTENT_LENGTH);
      return stated == null ? 0 : Long.parseLong(stated);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** Never more than the limit, whatever the bytes say of themselves. */
  static byte[] unzip(byte[] zipped, int limit) {
    try (GZIPInputStream unzipping = new GZIPInputStream(new ByteArrayInputStream(zipped))) {
      byte[] plain = unzipping.readNBytes(limit + 1);
      if (plain.length > limit) {
        throw tooLarge(limit);
      }
      return plain;
    } catch (IOException e) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "the body is no gzip");
    }
  }

  private static InvalidInputException tooLarge(int limit) {
    return new InvalidInputException(ReasonCode.TOO_LARGE, "more than " + limit + " bytes");
  }
}
