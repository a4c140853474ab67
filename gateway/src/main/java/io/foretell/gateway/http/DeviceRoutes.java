package io.foretell.gateway.http;

import io.foretell.gateway.Credentials;
import io.foretell.gateway.Door;
import io.foretell.gateway.Downlink;
import io.foretell.gateway.Identities;
import io.foretell.gateway.Identities.Verdict;
import io.foretell.gateway.Presence;
import io.foretell.gateway.Releases;
import io.foretell.proto.Blobs;
import io.foretell.proto.DeviceId;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.function.Function;

/**
 * What devices do over HTTP.
 *
 * <pre>
 * POST     /v1/{telemetry,faults,frames,replies,updates}   204 when it is on disk; gzip is taken
 * POST     /v1/d/{child}/…                                 the same, for a child
 * GET      /v1/commands?wait=30                            JSON array, or length-delimited Protobuf
 * GET HEAD /v1/artifacts/{digest}                          whole or one range
 * </pre>
 *
 * <p>Refusals are problems (RFC 9457) with the reason code's name as {@code reason}.
 */
public final class DeviceRoutes {
  private final Callers callers;
  private final Presence presence;
  private final UplinkRoute uplinks;
  private final CommandRoute commands;
  private final ArtifactRoute artifacts;

  /**
   * @param fromMemory the verdict where it needs no database, empty otherwise; never blocks
   */
  public DeviceRoutes(
      Vertx vertx,
      HttpSettings settings,
      Door door,
      Identities identities,
      Function<Credentials, Optional<Verdict>> fromMemory,
      Downlink downlink,
      Presence presence,
      Releases releases,
      Blobs blobs) {
    this.callers = new Callers(vertx, identities, fromMemory);
    this.presence = presence;
    this.uplinks = new UplinkRoute(vertx, door, settings);
    this.commands = new CommandRoute(vertx, downlink, settings);
    this.artifacts = new ArtifactRoute(vertx, releases, blobs);
  }

  /** Adds the routes; the router must not have read the body before. */
  public void mount(Router router) {
    router
        .get("/v1/commands")
        .produces(CommandRoute.JSON)
        .produces(CommandRoute.PROTOBUF)
        .produces(CommandRoute.PROTOBUF_REGISTERED)
        .handler(context -> serve(context, device -> poll(context, device)));
    router
        .get("/v1/artifacts/:digest")
        .handler(context -> serve(context, device -> fetch(context, device)));
    router
        .head("/v1/artifacts/:digest")
        .handler(context -> serve(context, device -> fetch(context, device)));
    router
        .post("/v1/*")
        .handler(context -> serve(context, device -> uplinks.serve(context, device)));
  }

  /** Ends a device's polls: its secrets are void. */
  public void cut(DeviceId device) {
    commands.cut(device);
  }

  private Future<Void> poll(RoutingContext context, DeviceId device) {
    presence.seen(device, UplinkRoute.VIA);
    return commands.serve(context, device);
  }

  private Future<Void> fetch(RoutingContext context, DeviceId device) {
    presence.seen(device, UplinkRoute.VIA);
    return artifacts.serve(context, device.tenant());
  }

  private void serve(RoutingContext context, Function<DeviceId, Future<Void>> work) {
    context.request().pause();
    Future.succeededFuture(context.request())
        .compose(callers::identify)
        .compose(work)
        .onFailure(failure -> Problem.answer(context, failure))
        .onComplete(done -> context.request().resume());
  }
}
