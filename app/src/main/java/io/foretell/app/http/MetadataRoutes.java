package io.foretell.app.http;

import io.foretell.firmwareota.tuf.Repository;
import io.foretell.gateway.Credentials;
import io.foretell.gateway.Identities;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code GET /v1/metadata/{name}}: the signed metadata of a device's tenant (TUF 1.0). */
public final class MetadataRoutes {
  private static final Pattern NAME = Pattern.compile("[0-9]{0,9}\\.?[a-z]{1,20}\\.json");

  private final Vertx vertx;
  private final Identities identities;
  private final Repository repository;

  /** For devices that these identities know. */
  public MetadataRoutes(Vertx vertx, Identities identities, Repository repository) {
    this.vertx = vertx;
    this.identities = identities;
    this.repository = repository;
  }

  /** Adds the route. */
  public void mount(Router router) {
    router.get("/v1/metadata/:name").handler(this::metadata);
  }

  private void metadata(RoutingContext context) {
    String name = context.pathParam("name");
    String header = context.request().getHeader("authorization");
    if (header == null || !header.startsWith("Bearer ")) {
      context.response().setStatusCode(401).putHeader("www-authenticate", "Bearer").end();
      return;
    }
    if (!NAME.matcher(name).matches()) {
      context.response().setStatusCode(404).end();
      return;
    }
    vertx
        .executeBlocking(() -> find(header.substring(7).trim(), name), false)
        .onSuccess(found -> answer(context, found))
        .onFailure(failure -> context.response().setStatusCode(503).end());
  }

  private Found find(String token, String name) {
    Identities.Verdict verdict = identities.authenticate(new Credentials.Bearer(token));
    return verdict instanceof Identities.Verdict.Known known
        ? new Found(true, repository.metadata(known.device().tenant(), name))
        : new Found(false, Optional.empty());
  }

  private static void answer(RoutingContext context, Found found) {
    if (!found.known()) {
      context.response().setStatusCode(401).putHeader("www-authenticate", "Bearer").end();
    } else if (found.bytes().isEmpty()) {
      context.response().setStatusCode(404).end();
    } else {
      context
          .response()
          .putHeader("content-type", "application/json")
          .putHeader("cache-control", "no-cache")
          .end(Buffer.buffer(found.bytes().get()));
    }
  }

  private record Found(boolean known, Optional<byte[]> bytes) {}
}
