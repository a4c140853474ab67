package io.foretell.firmwareota.blobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foretell.proto.Blobs;
import io.foretell.proto.BlobsContract;
import io.foretell.proto.Digest;
import io.foretell.proto.InvalidInputException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileBlobsTest extends BlobsContract {
  @TempDir Path folder;
  private FileBlobs blobs;

  @BeforeEach
  void open() {
    blobs = new FileBlobs(folder.resolve("artifacts"));
  }

  @Override
  protected Blobs blobs() {
    return blobs;
  }

  @Test
  void put_reopened_is_still_there() throws IOException {
    Digest digest = blobs.put(new ByteArrayInputStream(new byte[] {1, 2}), 10);

    assertThat(new FileBlobs(folder.resolve("artifacts")).size(digest)).hasValue(2);
  }

  @Test
  void put_refused_leaves_no_file() throws IOException {
    assertThatThrownBy(() -> blobs.put(new ByteArrayInputStream(new byte[11]), 10))
        .isInstanceOf(InvalidInputException.class);

    try (Stream<Path> files = Files.list(folder.resolve("artifacts"))) {
      assertThat(files).isEmpty();
    }
  }
}
