package io.foretell.firmwareota.blobs.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.foretell.proto.Blobs;
import io.foretell.proto.BlobsContract;
import io.foretell.proto.Digest;
import io.foretell.proto.InvalidInputException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class S3BlobsTest extends BlobsContract {
  private static final AtomicInteger NODES = new AtomicInteger();

  @TempDir private static Path shared;
  private static S3Server server;

  @TempDir private Path folder;
  private S3Blobs blobs;

  @BeforeAll
  static void serve() {
    server = S3Server.on(shared, "fleet");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void open() {
    blobs = node(server.settings("fleet", S3Server.KEY, S3Server.SECRET));
  }

  @AfterEach
  void close() {
    blobs.close();
  }

  private S3Blobs node(S3Settings settings) {
    return new S3Blobs(settings, folder.resolve("node-" + NODES.incrementAndGet()));
  }

  @Override
  protected Blobs blobs() {
    return blobs;
  }

  @Test
  void put_on_one_node_is_there_on_another() throws IOException {
    byte[] bytes = "for all".getBytes(UTF_8);
    Digest digest = blobs.put(new ByteArrayInputStream(bytes), 100);

    try (S3Blobs other = node(server.settings("fleet", S3Server.KEY, S3Server.SECRET));
        SeekableByteChannel channel = other.open(digest).orElseThrow()) {
      assertThat(other.size(digest)).hasValue(bytes.length);
      assertThat(Channels.newInputStream(channel).readAllBytes()).isEqualTo(bytes);
    }
  }

  @Test
  void object_that_is_not_what_its_name_says_is_not_given_out() throws IOException {
    Digest digest = blobs.put(new ByteArrayInputStream("the good".getBytes(UTF_8)), 100);
    try (Stream<Path> files = Files.walk(shared.resolve("store"))) {
      Path object =
          files.filter(f -> f.toString().endsWith(digest.hex().substring(2))).findFirst().get();
      Files.writeString(object, "the bad.");
    }

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> blobs.open(digest))
        .withMessageContaining("for " + digest);
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> blobs.open(digest));
  }

  @Test
  void put_refused_leaves_no_file_here() throws IOException {
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> blobs.put(new ByteArrayInputStream(new byte[11]), 10));

    try (Stream<Path> files = Files.walk(folder)) {
      assertThat(files.filter(Files::isRegularFile)).isEmpty();
    }
  }

  @Test
  void wrong_secret_is_told_and_keeps_nothing() {
    try (S3Blobs stranger = node(server.settings("fleet", S3Server.KEY, "guessed"))) {
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> stranger.put(new ByteArrayInputStream(new byte[1]), 10))
          .withMessageContaining("store of artifacts");
      stranger.start();
      assertThat(stranger.health().notices()).hasSize(1);
      assertThat(stranger.health().toString()).doesNotContain("guessed");
    }
  }

  @Test
  void bucket_that_is_not_there_is_named() {
    try (S3Blobs lost = node(server.settings("nowhere", S3Server.KEY, S3Server.SECRET))) {
      lost.start();

      assertThat(lost.health().ready()).isTrue();
      assertThat(lost.health().notices().get(0).text()).contains("no bucket nowhere");
    }
  }

  @Test
  void store_that_is_away_gives_what_is_copied_and_says_so() throws IOException {
    Digest copied;
    Digest never;
    try (S3Server passing = S3Server.on(folder, "fleet")) {
      S3Blobs node = node(passing.settings("fleet", S3Server.KEY, S3Server.SECRET));
      copied = node.put(new ByteArrayInputStream("copied".getBytes(UTF_8)), 100);
      never = node.put(new ByteArrayInputStream("never asked for".getBytes(UTF_8)), 100);
      node.open(copied).orElseThrow().close();
      passing.close();

      assertThat(node.size(copied)).hasValue("copied".length());
      node.open(copied).orElseThrow().close();
      assertThatExceptionOfType(IOException.class).isThrownBy(() -> node.size(never));
      assertThatExceptionOfType(IOException.class).isThrownBy(() -> node.open(never));
      assertThat(node.health().ready()).isTrue();
      assertThat(node.health().notices().get(0).code()).isEqualTo("ARTIFACTS_UNAVAILABLE");
      node.close();
    }
  }
}
