package io.foretell.gateway.coap;

import io.foretell.gateway.Releases;
import io.foretell.proto.Blobs;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Digest;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.server.resources.CoapExchange;
import org.eclipse.californium.core.server.resources.Resource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Artifacts of a device's tenant, {@code GET /v1/artifacts/{digest}}, block by block from storage.
 */
final class ArtifactResource extends CoapResource {
  private static final Logger log = LoggerFactory.getLogger(ArtifactResource.class);

  /** RFC 7252 section 5.10.6: an ETag has at most eight bytes. */
  static final int ETAG_BYTES = 8;

  /** What a digest names never changes. */
  private static final long MAX_AGE = 30L * 24 * 3600;

  private final KnownOnly known;
  private final Releases releases;
  private final Blobs blobs;
  private final Executor reading;

  /**
   * @param reading runs what blocks on storage
   */
  ArtifactResource(KnownOnly known, Releases releases, Blobs blobs, Executor reading) {
    super("artifacts", true);
    this.known = known;
    this.releases = releases;
    this.blobs = blobs;
    this.reading = reading;
    getAttributes().addResourceType("foretell.artifacts");
  }

  @Override
  public Resource getChild(String name) {
    return this;
  }

  @Override
  public Executor getExecutor() {
    return reading;
  }

  @Override
  public void handleGET(CoapExchange exchange) {
    known.serve(
        exchange, device -> exchange.respond(find(device, exchange.advanced().getRequest())));
  }

  private Response find(DeviceId device, Request request) {
    List<String> path = request.getOptions().getUriPath();
    try {
      if (path.size() != 3) {
        return Answers.refusal(ReasonCode.NOT_FOUND);
      }
      Digest digest = Digest.parse(path.get(2));
      OptionalLong size =
          releases.offers(device.tenant(), digest) ? blobs.size(digest) : OptionalLong.empty();
      return size.isPresent()
          ? block(request, digest, size.getAsLong())
          : Answers.refusal(ReasonCode.NOT_FOUND);
    } catch (InvalidInputException e) {
      return Answers.refusal(e.reason());
    } catch (IOException e) {
      log.warn("artifact {} cannot be read: {}", path, e.getMessage());
      return Answers.refusal(ReasonCode.STORAGE_UNAVAILABLE);
    }
  }

  private Response block(Request request, Digest digest, long size) throws IOException {
    byte[] etag = Arrays.copyOf(HexFormat.of().parseHex(digest.hex()), ETAG_BYTES);
    Response response;
    if (request.getOptions().containsETag(etag)) {
      response = new Response(ResponseCode.VALID);
    } else {
      response =
          Blocks.answer(
              request, size, Blocks.LARGEST, (from, length) -> read(digest, from, length));
    }
    if (response.isSuccess()) {
      response.getOptions().addETag(etag).setMaxAge(MAX_AGE);
      if (response.getCode() == ResponseCode.CONTENT) {
        response.getOptions().setContentFormat(ContentFormats.OCTET_STREAM);
      }
    }
    return response;
  }

  private byte[] read(Digest digest, long from, int length) throws IOException {
    Optional<SeekableByteChannel> opened = blobs.open(digest);
    if (opened.isEmpty()) {
      throw new EOFException(digest + " went away while it was read");
    }
    try (SeekableByteChannel channel = opened.get()) {
      ByteBuffer block = ByteBuffer.allocate(length);
      channel.position(from);
      while (block.hasRemaining()) {
        if (channel.read(block) < 0) {
          throw new EOFException(digest + " is shorter than it was");
        }
      }
      return block.array();
    }
  }
}
