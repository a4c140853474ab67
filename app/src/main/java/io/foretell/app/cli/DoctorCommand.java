package io.foretell.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.app.client.ApiClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code foretell doctor}. */
@Command(
    name = "doctor",
    description = "Is this installation sound? Messages, parts, disk, clock, certificates.",
    footer = {"", "Exit code 0 where every check is good, 1 where one is not."})
final class DoctorCommand implements Callable<Integer> {
  private static final long LITTLE_BYTES = 1L << 30;
  private static final Duration SOON = Duration.ofDays(30);
  private static final Instant FLOOR = Instant.parse("2026-01-01T00:00:00Z");

  @Spec private CommandSpec spec;

  @Mixin private ServerOptions server;

  @Option(
      names = "--folder",
      paramLabel = "DIR",
      defaultValue = "./data",
      description = "The server's data folder, where it is on this machine.")
  private Path folder;

  private final ArrayNode checks = ApiClient.JSON.createArrayNode();
  private boolean sound = true;

  @Override
  public Integer call() throws IOException {
    ApiClient client = server.client();
    conservation(client.get("/conservation", server.query()));
    parts(client.get("/server", server.query()));
    clock();
    if (Files.isDirectory(folder)) {
      disk();
      certificate(folder.resolve("tls").resolve("server.crt"));
    }
    PrintWriter out = spec.commandLine().getOut();
    if (server.json()) {
      ObjectNode answer = ApiClient.JSON.createObjectNode();
      answer.put("sound", sound);
      answer.set("checks", checks);
      out.println(answer);
    } else {
      Table table = new Table("", "CHECK", "FOUND");
      checks.forEach(
          c ->
              table.row(
                  c.path("good").asBoolean() ? "ok" : "BAD",
                  c.path("check").asText(),
                  c.path("found").asText()));
      table.print(out, "Nothing was checked.");
    }
    out.flush();
    return sound ? 0 : 1;
  }

  private void check(String name, boolean good, String found) {
    checks.addObject().put("check", name).put("good", good).put("found", found);
    sound &= good;
  }

  private void conservation(JsonNode balance) {
    check(
        "no message has disappeared",
        balance.path("holds").asBoolean(),
        String.format(
            "%d acknowledged = %d stored + %d rejected + %d in flight + %d erased",
            balance.path("acknowledged").asLong(),
            balance.path("stored").asLong(),
            balance.path("rejected").asLong(),
            balance.path("inFlight").asLong(),
            balance.path("erased").asLong()));
  }

  private void parts(JsonNode running) {
    check("version", true, running.path("version").asText());
    List<String> roles = new ArrayList<>();
    running.path("roles").forEach(role -> roles.add(role.asText()));
    check("roles", !roles.isEmpty(), String.join(", ", roles));
    for (JsonNode part : running.path("health")) {
      StringBuilder found =
          new StringBuilder(part.path("ready").asBoolean() ? "ready" : "not ready");
      part.path("notices")
          .forEach(
              n ->
                  found
                      .append("; ")
                      .append(n.path("text").asText())
                      .append(": ")
                      .append(n.path("advice").asText()));
      check(part.path("part").asText(), part.path("ready").asBoolean(), found.toString());
    }
  }

  private void clock() {
    Instant now = Instant.now();
    check("clock", now.isAfter(FLOOR), now.toString());
  }

  private void disk() throws IOException {
    FileStore store = Files.getFileStore(folder);
    long free = store.getUsableSpace();
    check("disk", free > LITTLE_BYTES, (free >> 20) + " MiB free under " + folder);
  }

  private void certificate(Path file) {
    if (!Files.exists(file)) {
      return;
    }
    try (InputStream in = Files.newInputStream(file)) {
      X509Certificate certificate =
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
      Instant until = certificate.getNotAfter().toInstant();
      check("certificate", until.isAfter(Instant.now().plus(SOON)), "valid until " + until);
    } catch (IOException | CertificateException e) {
      check("certificate", false, file + ": " + e.getMessage());
    }
  }
}
