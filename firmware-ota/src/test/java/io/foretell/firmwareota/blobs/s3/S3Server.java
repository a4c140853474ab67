package io.foretell.firmwareota.blobs.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.proto.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * S3Proxy over a folder, in a process of its own: it speaks S3 as a store does, and asks for valid
 * signatures. Maven has put it beside the tests.
 */
final class S3Server implements AutoCloseable {
  static final String KEY = "somebody";
  static final String SECRET = "something-nobody-else-knows";
  private static final long READY_NANOS = TimeUnit.SECONDS.toNanos(120);

  private final Process process;
  final URI endpoint;

  private S3Server(Process process, URI endpoint) {
    this.process = process;
    this.endpoint = endpoint;
  }

  /** One with buckets of these names, which are folders in the one that is given. */
  static S3Server on(Path folder, String... buckets) {
    try {
      for (String bucket : buckets) {
        Files.createDirectories(folder.resolve("store").resolve(bucket));
      }
      URI endpoint = URI.create("http://127.0.0.1:" + FreePort.pick());
      Path properties = folder.resolve("s3proxy.properties");
      Files.write(
          properties,
          List.of(
              "s3proxy.endpoint=" + endpoint,
              "s3proxy.authorization=aws-v2-or-v4",
              "s3proxy.identity=" + KEY,
              "s3proxy.credential=" + SECRET,
              "jclouds.provider=filesystem",
              "jclouds.identity=x",
              "jclouds.credential=x",
              "jclouds.filesystem.basedir=" + folder.resolve("store")));
      Path jar = Path.of("target", "servers", "s3proxy.jar");
      assertThat(jar).as("put there by Maven, phase generate-test-resources").exists();
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx128m",
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "-jar",
                  jar.toString(),
                  "--properties",
                  properties.toString())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("s3proxy.log").toFile())
              .start();
      S3Server server = new S3Server(process, endpoint);
      server.awaitReady(folder.resolve("s3proxy.log"));
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where a bucket of it is, for somebody with these credentials. */
  S3Settings settings(String bucket, String key, String secret) {
    return new S3Settings(endpoint, "us-east-1", bucket, "artifacts", key, secret);
  }

  private void awaitReady(Path log) throws IOException {
    long deadline = System.nanoTime() + READY_NANOS;
    while (!answers()) {
      boolean waiting = process.isAlive() && System.nanoTime() < deadline;
      assertThat(waiting).as("S3Proxy does not start: " + Files.readString(log)).isTrue();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  private boolean answers() {
    try {
      HttpClient.newHttpClient()
          .send(HttpRequest.newBuilder(endpoint).build(), HttpResponse.BodyHandlers.discarding());
      return true;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
