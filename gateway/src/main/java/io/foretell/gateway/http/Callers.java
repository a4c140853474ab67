package io.foretell.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.foretell.gateway.Credentials;
import io.foretell.gateway.Identities;
import io.foretell.gateway.Identities.Verdict;
import io.foretell.proto.DeviceId;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Tells whose a request is: {@code Authorization: Bearer token} (RFC 6750), {@code Basic
 * device:token} (RFC 7617), or in the sandbox {@code ?device=}.
 */
final class Callers {
  private final Vertx vertx;
  private final Identities identities;
  private final Function<Credentials, Optional<Verdict>> fromMemory;

  Callers(Vertx vertx, Identities identities, Function<Credentials, Optional<Verdict>> fromMemory) {
    this.vertx = vertx;
    this.identities = identities;
    this.fromMemory = fromMemory;
  }

  /** The device; fails with {@link InvalidInputException}. Answers from memory at once. */
  Future<DeviceId> identify(HttpServerRequest request) {
    Optional<Credentials> shown = credentials(request);
    if (shown.isEmpty()) {
      return device(new Verdict.Refused(ReasonCode.NOT_AUTHENTICATED));
    }
    Credentials credentials = shown.get();
    Optional<Verdict> known = fromMemory.apply(credentials);
    return known.isPresent()
        ? device(known.get())
        : vertx
            .executeBlocking(() -> identities.authenticate(credentials), false)
            .compose(Callers::device);
  }

  private static Future<DeviceId> device(Verdict verdict) {
    return verdict instanceof Verdict.Known known
        ? Future.succeededFuture(known.device())
        : Future.failedFuture(new InvalidInputException(((Verdict.Refused) verdict).reason(), ""));
  }

  private static Optional<Credentials> credentials(HttpServerRequest request) {
    String header = request.getHeader(HttpHeaders.AUTHORIZATION);
    if (header == null) {
      return guest(request);
    }
    int space = header.indexOf(' ');
    if (space < 0) {
      return Optional.empty();
    }
    String rest = header.substring(space + 1).strip();
    return switch (header.substring(0, space).toLowerCase(Locale.ROOT)) {
      case "bearer" -> Optional.of(new Credentials.Bearer(rest));
      case "basic" -> basic(rest);
      default -> Optional.empty();
    };
  }

  private static Optional<Credentials> basic(String encoded) {
    try {
      String pair = new String(Base64.getDecoder().decode(encoded), UTF_8);
      int colon = pair.lastIndexOf(':');
      return colon < 0
          ? Optional.empty()
          : Optional.of(new Credentials.Token(pair.substring(0, colon), pair.substring(colon + 1)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * A name without credentials, from where it really comes: never through a proxy on this machine,
   * never from a web page that a browser here shows.
   */
  private static Optional<Credentials> guest(HttpServerRequest request) {
    String name = query(request, "device");
    InetAddress from = address(request);
    boolean direct =
        request.getHeader("Forwarded") == null
            && request.getHeader("X-Forwarded-For") == null
            && request.getHeader(HttpHeaders.ORIGIN) == null
            && request.getHeader("Sec-Fetch-Site") == null;
    return name == null || from == null || !direct
        ? Optional.empty()
        : Optional.of(new Credentials.Nothing(name, from));
  }

  /**
   * A value of the query; null where it has none of that name.
   *
   * @throws InvalidInputException where the query has a broken escape
   */
  static @Nullable String query(HttpServerRequest request, String name) {
    try {
      return request.getParam(name);
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "the query has a broken escape");
    }
  }

  private static @Nullable InetAddress address(HttpServerRequest request) {
    SocketAddress peer = request.connection().remoteAddress(true);
    try {
      return peer == null || peer.hostAddress() == null
          ? null
          : InetAddress.getByName(peer.hostAddress());
    } catch (UnknownHostException e) {
      return null;
    }
  }
}
