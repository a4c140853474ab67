package io.foretell.gateway.coap;

import io.foretell.gateway.Releases;
import io.foretell.proto.DeviceId;
import io.foretell.proto.ReasonCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.server.resources.CoapExchange;
import org.eclipse.californium.core.server.resources.Resource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The signed metadata of a device's tenant, {@code GET /v1/metadata/{name}} (TUF 1.0). */
final class MetadataResource extends CoapResource {
  private static final Logger log = LoggerFactory.getLogger(MetadataResource.class);

  /** A file may have a newer version at any moment. */
  private static final long MAX_AGE = 0;

  private final KnownOnly known;
  private final Releases releases;
  private final Executor reading;

  /**
   * @param reading runs what blocks on storage
   */
  MetadataResource(KnownOnly known, Releases releases, Executor reading) {
    super("metadata", true);
    this.known = known;
    this.releases = releases;
    this.reading = reading;
    getAttributes().addResourceType("foretell.metadata");
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
      Optional<byte[]> file =
          path.size() == 3 ? releases.metadata(device.tenant(), path.get(2)) : Optional.empty();
      return file.isPresent() ? block(request, file.get()) : Answers.refusal(ReasonCode.NOT_FOUND);
    } catch (IOException | UncheckedIOException e) {
      log.warn("metadata {} cannot be read: {}", path, e.getMessage());
      return Answers.refusal(ReasonCode.STORAGE_UNAVAILABLE);
    }
  }

  private static Response block(Request request, byte[] file) throws IOException {
    byte[] etag = Arrays.copyOf(sha256(file), ArtifactResource.ETAG_BYTES);
    Response response =
        request.getOptions().containsETag(etag)
            ? new Response(ResponseCode.VALID)
            : Blocks.answer(
                request,
                file.length,
                Blocks.LARGEST,
                (from, length) -> Arrays.copyOfRange(file, (int) from, (int) from + length));
    if (response.isSuccess()) {
      response.getOptions().addETag(etag).setMaxAge(MAX_AGE);
      if (response.getCode() == ResponseCode.CONTENT) {
        response.getOptions().setContentFormat(ContentFormats.JSON);
      }
    }
    return response;
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
