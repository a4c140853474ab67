package io.foretell.gateway.http;

import io.foretell.gateway.fixture.House;
import io.foretell.gateway.fixture.Tool;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A house whose devices come by HTTP, and a client for them. */
final class HttpHouse implements AutoCloseable {
  /** Nobody is too slow who is held up on a machine that builds beside. */
  private static final Duration SLOWEST = Duration.ofSeconds(60);

  final DeviceRoutes routes;
  private final House house;
  private final Vertx vertx = Vertx.vertx();
  private final HttpServer server;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  HttpHouse(House house) throws Exception {
    this(house, SLOWEST);
  }

  /** One that closes connections whose requests come more slowly. */
  HttpHouse(House house, Duration slowest) throws Exception {
    this.house = house;
    routes =
        new DeviceRoutes(
            vertx,
            HttpSettings.defaults(),
            house.door,
            house.registry,
            house.registry::fromMemory,
            house.downlink,
            house.presence,
            house.releases,
            house.blobs);
    house.registry.onRevoked(routes::cut);
    Router router = Router.router(vertx);
    routes.mount(router);
    server =
        vertx
            .createHttpServer(new HttpServerOptions().setHttp2ClearTextEnabled(false))
            .requestHandler(router)
            .connectionHandler(connection -> SlowRequests.guard(connection, slowest))
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get(60, TimeUnit.SECONDS);
  }

  int port() {
    return server.actualPort();
  }

  String base() {
    return "http://127.0.0.1:" + server.actualPort();
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(base() + path)).timeout(Duration.ofSeconds(90));
  }

  HttpRequest.Builder device(String path) {
    return request(path).header("Authorization", "Bearer " + house.truck.token());
  }

  /** The answer to a target that no library would send. */
  String rawGet(String target) throws Exception {
    return Tool.curl(
            "-si", "-g", "-H", "Authorization: Bearer " + house.truck.token(), base() + target)
        .out();
  }

  HttpResponse<byte[]> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofByteArray());
  }

  CompletableFuture<HttpResponse<byte[]>> sendAsync(HttpRequest.Builder request) {
    return client.sendAsync(request.build(), BodyHandlers.ofByteArray());
  }

  @Override
  public void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }
}
