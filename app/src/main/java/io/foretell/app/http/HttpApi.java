package io.foretell.app.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.foretell.app.metrics.Metrics;
import io.foretell.diagnostics.codes.CodeBook;
import io.foretell.diagnostics.signals.ModelDecoding;
import io.foretell.firmwareota.Campaigns;
import io.foretell.firmwareota.tuf.Repository;
import io.foretell.gateway.Downlink;
import io.foretell.gateway.ListenerException;
import io.foretell.gateway.Presence;
import io.foretell.gateway.http.SlowRequests;
import io.foretell.gateway.identity.Registry;
import io.foretell.ingest.history.AgeingHistory;
import io.foretell.proto.Command;
import io.foretell.proto.Health;
import io.foretell.proto.Lane;
import io.foretell.proto.Part;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Reject;
import io.foretell.servicedesk.TicketDesk;
import io.foretell.servicedesk.webhook.Webhooks;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.MIMEHeader;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The HTTP listener: devices' routes, the API, health, metrics, the console. */
public final class HttpApi implements Part {
  private static final long LARGEST_BODY = 1L << 30;
  private static final long START_SECONDS = 10;

  /** How long the head of a request may take, and its body may come by drops. */
  private static final Duration SLOWEST = Duration.ofMillis(4_500);

  private static final String DESK = "desk";

  private final Vertx vertx;
  private final String bind;
  private final int wanted;
  private final Router router;
  private final Routes routes;
  private final Events events;
  private final TicketApi tickets;
  private final CampaignApi campaigns;
  private @Nullable HttpServer server;

  /** What the API speaks of. */
  public record Rooms(
      Registry registry,
      Presence presence,
      DeviceStates states,
      AgeingHistory history,
      Downlink downlink,
      Lane<Command> commands,
      Lane<Reject> rejects,
      TicketDesk desk,
      Webhooks webhooks,
      Campaigns campaigns,
      Repository repository,
      CodeBook book,
      ModelDecoding decoding,
      Conservation conservation,
      Function<String, Long> verified,
      InstantSource clock) {}

  /**
   * What the operator's routes need.
   *
   * @param roles what this process does; the API and the console are there with {@code desk}
   * @param more binds routes of rooms beside
   */
  public record Operator(
      Predicate<String> admin,
      List<String> roles,
      Supplier<List<Health>> health,
      Function<Boolean, Metrics.Page> metrics,
      Supplier<Map<String, Object>> server,
      Consumer<OutputStream> backup,
      Consumer<Routes> more) {}

  /**
   * Puts the routes together.
   *
   * @param devices adds the devices' routes
   */
  public HttpApi(
      Vertx vertx,
      String bind,
      int port,
      Consumer<Router> devices,
      Rooms rooms,
      Operator operator) {
    this.vertx = vertx;
    this.bind = bind;
    this.wanted = port;
    ObjectMapper json = new ObjectMapper();
    this.router = Router.router(vertx);
    this.events = new Events(vertx, json);
    Router api = Router.router(vertx);
    this.routes = new Routes(vertx, api, json);
    this.tickets = new TicketApi(rooms.desk(), rooms.webhooks(), rooms.clock());
    this.campaigns = new CampaignApi(rooms.campaigns(), rooms.repository());
    operatorRoutes(operator, json);
    devices.accept(router);
    api.route().handler(context -> authorise(context, operator.admin()));
    routes.stream("/events", events::open);
    api.route().handler(BodyHandler.create(false).setBodyLimit(LARGEST_BODY));
    bindAll(rooms, operator);
    api.route().handler(this::unknown);
    if (operator.roles().contains(DESK)) {
      router.get("/api/v1/openapi.yaml").handler(this::openApi);
      router.route("/api/v1/*").subRouter(api);
      new ConsoleFiles().mount(router);
    }
    router.route().last().handler(this::unknown);
  }

  private void bindAll(Rooms rooms, Operator operator) {
    FleetView view =
        new FleetView(
            rooms.registry(), rooms.presence(), rooms.states(), rooms.desk(), rooms.clock());
    new FleetApi(view, rooms.book(), rooms.verified(), () -> rooms.conservation().acknowledged())
        .bind(routes);
    new DeviceApi(
            rooms.registry(),
            view,
            rooms.presence(),
            rooms.states(),
            rooms.history(),
            rooms.downlink(),
            rooms.commands(),
            rooms.decoding(),
            rooms.clock())
        .bind(routes);
    tickets.bind(routes);
    campaigns.bind(routes);
    new ServerApi(rooms.rejects(), rooms.conservation(), operator.server()).bind(routes);
    new BackupApi(routes, operator.backup()).bind();
    operator.more().accept(routes);
  }

  private void operatorRoutes(Operator operator, ObjectMapper json) {
    router.get("/health/live").handler(context -> context.response().end("{\"live\":true}"));
    router
        .get("/health/ready")
        .handler(
            context -> {
              List<Health> parts = operator.health().get();
              boolean ready = parts.stream().allMatch(Health::ready);
              context
                  .response()
                  .setStatusCode(ready ? 200 : 503)
                  .putHeader("content-type", "application/json");
              try {
                context
                    .response()
                    .end(
                        json.writeValueAsString(
                            Map.of("ready", ready, "roles", operator.roles(), "parts", parts)));
              } catch (JsonProcessingException e) {
                context.response().end("{\"ready\":" + ready + "}");
              }
            });
    router
        .get("/metrics")
        .handler(
            context -> {
              boolean open = wantsOpenMetrics(context);
              vertx
                  .executeBlocking(() -> operator.metrics().apply(open), false)
                  .onSuccess(
                      page ->
                          context
                              .response()
                              .putHeader("content-type", page.contentType())
                              .putHeader("vary", "accept")
                              .end(Buffer.buffer(page.body())))
                  .onFailure(failure -> routes.fail(context, failure));
            });
  }

  /** Whether the caller would rather have OpenMetrics than text. */
  private static boolean wantsOpenMetrics(RoutingContext context) {
    for (MIMEHeader wanted : context.parsedHeaders().accept()) {
      if (wanted.weight() > 0 && wanted.component().equals("application")) {
        if (wanted.subComponent().equals("openmetrics-text")) {
          return true;
        }
      } else if (wanted.component().equals("text") || wanted.component().equals("*")) {
        return false;
      }
    }
    return false;
  }

  private void authorise(RoutingContext context, Predicate<String> admin) {
    String header = context.request().getHeader("authorization");
    if (header != null && header.startsWith("Bearer ") && admin.test(header.substring(7).trim())) {
      context.next();
    } else {
      routes.problem(
          context,
          ReasonCode.NOT_AUTHENTICATED,
          "send 'Authorization: Bearer TOKEN' with the administrator's token");
    }
  }

  private void unknown(RoutingContext context) {
    routes.problem(context, ReasonCode.NOT_FOUND, "no route " + context.normalizedPath());
  }

  private void openApi(RoutingContext context) {
    try (InputStream in = HttpApi.class.getResourceAsStream("/openapi.yaml")) {
      byte[] bytes = in == null ? new byte[0] : in.readAllBytes();
      context.response().putHeader("content-type", "application/yaml").end(Buffer.buffer(bytes));
    } catch (IOException e) {
      routes.fail(context, e);
    }
  }

  @Override
  public void start() {
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(bind)
            .setPort(wanted)
            .setIdleTimeout(120)
            // Files go out by sendfile, which HTTP/2 has no way for.
            .setHttp2ClearTextEnabled(false)
            .setHandle100ContinueAutomatically(true)
            .setCompressionSupported(true);
    try {
      server =
          vertx
              .createHttpServer(options)
              .requestHandler(router)
              .connectionHandler(connection -> SlowRequests.guard(connection, SLOWEST))
              .listen()
              .toCompletionStage()
              .toCompletableFuture()
              .get(START_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new ListenerException(
          "HTTP cannot listen on " + bind + ":" + wanted + ": " + cause(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ListenerException("interrupted while HTTP was starting", e);
    }
  }

  private static String cause(Exception e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return String.valueOf(cause.getMessage());
  }

  /** The port that it listens on. */
  public int port() {
    return server == null ? 0 : server.actualPort();
  }

  /** Tells listeners what happens. */
  public Events events() {
    return events;
  }

  /** For events of campaigns. */
  public CampaignApi campaigns() {
    return campaigns;
  }

  /** Every route of the API, as in the OpenAPI file. */
  public List<String> bound() {
    return routes.bound();
  }

  @Override
  public Health health() {
    return server == null
        ? Health.bad("http", "NOT_LISTENING", "HTTP does not listen", "see the log")
        : Health.good("http");
  }

  @Override
  public void close() {
    if (server != null) {
      server
          .close()
          .toCompletionStage()
          .toCompletableFuture()
          .orTimeout(5, TimeUnit.SECONDS)
          .exceptionally(late -> null)
          .join();
      server = null;
    }
  }
}
