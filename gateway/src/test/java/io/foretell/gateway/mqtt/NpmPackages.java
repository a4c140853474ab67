package io.foretell.gateway.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * The npm packages of {@code npm/packages.txt}, fetched and checked against their digests without
 * npm itself, for which Debian installs some hundred packages.
 */
final class NpmPackages {
  private static final String REGISTRY =
      System.getProperty("foretell.npm", "https://registry.npmjs.org");
  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .connectTimeout(Duration.ofSeconds(20))
          .followRedirects(HttpClient.Redirect.NORMAL)
          .build();

  private NpmPackages() {}

  /** Puts those that are not there yet below a folder, as npm would. */
  static void install(Path home) throws IOException, InterruptedException {
    for (String line : lines()) {
      String[] part = line.split(" ");
      Path folder = home.resolve(part[0]);
      if (!Files.exists(folder.resolve(part[1] + ".whole"))) {
        Path archive = home.resolve("package.tgz");
        Files.createDirectories(folder);
        Files.write(archive, fetched(part[0], part[1], part[2]));
        unpack(archive, folder);
        Files.createFile(folder.resolve(part[1] + ".whole"));
      }
    }
  }

  private static List<String> lines() throws IOException {
    try (InputStream list = NpmPackages.class.getResourceAsStream("/npm/packages.txt")) {
      return new String(list.readAllBytes(), UTF_8)
          .lines()
          .filter(l -> l.charAt(0) != '#')
          .toList();
    }
  }

  private static byte[] fetched(String folder, String version, String digest)
      throws IOException, InterruptedException {
    String name = folder.substring(folder.lastIndexOf("node_modules/") + "node_modules/".length());
    String file = name.substring(name.indexOf('/') + 1) + "-" + version + ".tgz";
    URI uri = URI.create(REGISTRY + "/" + name + "/-/" + file);
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(60)).build();
    HttpResponse<byte[]> response = answer(request);
    assertThat(response.statusCode())
        .as("%s (an npm registry: -Dforetell.npm=…)", uri)
        .isEqualTo(200);
    assertThat(digest(response.body())).as("digest of %s", uri).isEqualTo(digest);
    return response.body();
  }

  /** A registry that cannot be reached is no defect of ours; one that refuses may be. */
  private static HttpResponse<byte[]> answer(HttpRequest request) throws InterruptedException {
    try {
      return CLIENT.send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      return Assumptions.abort("no answer from " + request.uri() + ": " + e);
    }
  }

  private static String digest(byte[] bytes) {
    try {
      byte[] sha = MessageDigest.getInstance("SHA-512").digest(bytes);
      return "sha512-" + Base64.getEncoder().encodeToString(sha);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("SHA-512 is part of every JDK", e);
    }
  }

  private static void unpack(Path archive, Path folder) throws IOException, InterruptedException {
    Process tar =
        new ProcessBuilder(
                "tar", "-xzf", archive.toString(), "-C", folder.toString(), "--strip-components=1")
            .inheritIO()
            .start();
    assertThat(tar.waitFor(60, TimeUnit.SECONDS) ? tar.exitValue() : -1).as("tar").isZero();
  }
}
