package io.foretell.gateway.http;

import io.foretell.gateway.Releases;
import io.foretell.proto.Blobs;
import io.foretell.proto.Digest;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Artifacts of a device's tenant, {@code GET} and {@code HEAD /v1/artifacts/{digest}}, whole or one
 * range (RFC 9110 section 14); a file goes out without passing through this process's memory,
 * anything else piece by piece as fast as the device takes it.
 */
final class ArtifactRoute {
  private static final Logger log = LoggerFactory.getLogger(ArtifactRoute.class);
  private static final int PIECE = 128 * 1024;

  private final Vertx vertx;
  private final Releases releases;
  private final Blobs blobs;

  ArtifactRoute(Vertx vertx, Releases releases, Blobs blobs) {
    this.vertx = vertx;
    this.releases = releases;
    this.blobs = blobs;
  }

  Future<Void> serve(RoutingContext context, String tenant) {
    Digest digest = Digest.parse(context.pathParam("digest"));
    return vertx
        .executeBlocking(() -> size(tenant, digest), false)
        .compose(size -> answer(context, digest, size));
  }

  private OptionalLong size(String tenant, Digest digest) throws IOException {
    return releases.offers(tenant, digest) ? blobs.size(digest) : OptionalLong.empty();
  }

  private Future<Void> answer(RoutingContext context, Digest digest, OptionalLong found) {
    if (found.isEmpty()) {
      return Future.failedFuture(new InvalidInputException(ReasonCode.NOT_FOUND, "" + digest));
    }
    long size = found.getAsLong();
    String etag = "\"" + digest.hex() + "\"";
    HttpServerRequest request = context.request();
    HttpServerResponse response = context.response();
    response
        .putHeader(HttpHeaders.ETAG, etag)
        .putHeader(HttpHeaders.ACCEPT_RANGES, "bytes")
        .putHeader(HttpHeaders.CACHE_CONTROL, "private, max-age=31536000, immutable");
    if (matches(request.getHeader(HttpHeaders.IF_NONE_MATCH), etag)) {
      return response.setStatusCode(304).end();
    }
    Optional<ByteRange> range = range(request, size, etag);
    if (range.isPresent() && !range.get().isSatisfiable()) {
      response.putHeader(HttpHeaders.CONTENT_RANGE, range.get().of(size));
      return response.setStatusCode(416).end();
    }
    range.ifPresent(
        part -> response.setStatusCode(206).putHeader(HttpHeaders.CONTENT_RANGE, part.of(size)));
    ByteRange part = range.orElse(new ByteRange(0, size));
    response
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/octet-stream")
        .putHeader(HttpHeaders.CONTENT_LENGTH, String.valueOf(part.length()));
    return request.method().equals(HttpMethod.HEAD) || part.length() == 0
        ? response.end()
        : send(response, digest, part);
  }

  private static Optional<ByteRange> range(HttpServerRequest request, long size, String etag) {
    String header = request.getHeader("Range");
    String onlyIf = request.getHeader("If-Range");
    return header == null || (onlyIf != null && !onlyIf.equals(etag))
        ? Optional.empty()
        : ByteRange.parse(header, size);
  }

  private static boolean matches(String header, String etag) {
    return header != null
        && Arrays.stream(header.split(","))
            .map(String::strip)
            .anyMatch(tag -> tag.equals("*") || tag.equals(etag) || tag.equals("W/" + etag));
  }

  private Future<Void> send(HttpServerResponse response, Digest digest, ByteRange part) {
    return vertx
        .executeBlocking(() -> open(digest, part), false)
        .compose(
            channel -> {
              Future<Void> sent =
                  channel instanceof FileChannel file
                      ? response.sendFile(file, part.from(), part.length())
                      : pump(channel, part.length(), response);
              return sent.onComplete(done -> close(channel));
            });
  }

  private SeekableByteChannel open(Digest digest, ByteRange part) throws IOException {
    SeekableByteChannel channel =
        blobs.open(digest).orElseThrow(() -> new IOException(digest + " went away"));
    return channel.position(part.from());
  }

  private Future<Void> pump(SeekableByteChannel channel, long left, HttpServerResponse response) {
    if (left == 0) {
      return response.end();
    }
    return vertx
        .executeBlocking(() -> read(channel, (int) Math.min(left, PIECE)), false)
        .compose(
            piece ->
                response
                    .write(piece)
                    .compose(written -> pump(channel, left - piece.length(), response)));
  }

  private static Buffer read(SeekableByteChannel channel, int length) throws IOException {
    ByteBuffer piece = ByteBuffer.allocate(length);
    while (piece.hasRemaining()) {
      if (channel.read(piece) < 0) {
        throw new IOException("an artifact is shorter than it was");
      }
    }
    return Buffer.buffer(piece.array());
  }

  private static void close(SeekableByteChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      log.warn("an artifact cannot be closed: {}", e.getMessage());
    }
  }
}
