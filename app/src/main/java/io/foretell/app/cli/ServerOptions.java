package io.foretell.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.app.AdminToken;
import io.foretell.app.Config;
import io.foretell.app.client.ApiClient;
import io.foretell.app.client.CommandFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a command finds its server: flags, environment, or the data folder of a server here. */
public final class ServerOptions {
  @Option(
      names = "--server",
      paramLabel = "URL",
      description = "The server; else FORETELL_SERVER, else the one that runs on --data.")
  private @Nullable String server;

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      description = "Administrator's token; else FORETELL_TOKEN, else DIR/admin.token.")
  private @Nullable String token;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "./data",
      description = "Data folder of a server on this machine (default: ${DEFAULT-VALUE}).")
  private Path data = Path.of("./data");

  @Option(
      names = "--tenant",
      paramLabel = "NAME",
      defaultValue = "default",
      description = "Tenant (default: ${DEFAULT-VALUE}).")
  private String tenant = "default";

  @Option(names = "--json", description = "Print JSON, for programs.")
  private boolean json;

  /** Whether to print JSON. */
  boolean json() {
    return json;
  }

  /** The tenant. */
  String tenant() {
    return tenant;
  }

  /** The tenant and more, as a query. */
  Map<String, String> query(String... namesAndValues) {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("tenant", tenant);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      if (!namesAndValues[i + 1].isEmpty()) {
        query.put(namesAndValues[i], namesAndValues[i + 1]);
      }
    }
    return query;
  }

  /** A client of that server. */
  ApiClient client() {
    return new ApiClient(findServer(), findToken());
  }

  private String findServer() {
    if (server != null) {
      return server;
    }
    return Config.environment("FORETELL_SERVER").orElseGet(this::runningHere);
  }

  private String runningHere() {
    Path file = data.resolve("server.json");
    if (!Files.exists(file)) {
      return "http://127.0.0.1:8080";
    }
    try {
      JsonNode running = ApiClient.JSON.readTree(file.toFile());
      return "http://127.0.0.1:" + running.path("http").asInt(8080);
    } catch (IOException e) {
      throw new CommandFailed("cannot read " + file + ": " + e.getMessage());
    }
  }

  private String findToken() {
    if (token != null) {
      return token;
    }
    return Config.environment("FORETELL_TOKEN").orElseGet(this::tokenHere);
  }

  private String tokenHere() {
    try {
      return AdminToken.read(data);
    } catch (IOException e) {
      throw new CommandFailed(
          "no token: give --token or FORETELL_TOKEN, or --data of a server on this machine");
    }
  }
}
