package io.foretell.firmwareota.blobs.s3;

import io.foretell.firmwareota.blobs.FileBlobs;
import io.foretell.firmwareota.blobs.KeptBlobs;
import io.foretell.proto.Digest;
import io.foretell.proto.Health;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.Part;
import io.foretell.proto.Severity;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadBucketRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Blobs as objects {@code PREFIX/AA/BB…} of an S3-compatible store, which all nodes share. An
 * object appears whole or not at all (the store's own promise). Reading goes through a copy on this
 * node, made when a blob is first asked for and checked against its digest: devices read an
 * artifact many times over, in pieces of a kilobyte.
 *
 * <p>The copies may be deleted whenever no server runs on them.
 */
public final class S3Blobs implements KeptBlobs, Part {
  private static final String PART = "artifacts";
  private static final String OCTET_STREAM = "application/octet-stream";
  private static final int NOT_FOUND = 404;
  private static final int PREFIX = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final S3Settings settings;
  private final Path folder;
  private final FileBlobs copies;
  private @Nullable S3Client client;
  private volatile String trouble = "";

  /**
   * @param folder for the copies; made where it is missing
   */
  public S3Blobs(S3Settings settings, Path folder) {
    this.settings = settings;
    this.folder = folder;
    this.copies = new FileBlobs(folder);
  }

  /** Asks for the bucket once, so that a wrong setting is known now; it does not wait for it. */
  @Override
  public void start() {
    try {
      client().headBucket(HeadBucketRequest.builder().bucket(settings.bucket()).build());
      trouble = "";
    } catch (SdkException e) {
      trouble = said(e);
    }
  }

  @Override
  public Digest put(InputStream bytes, long maxBytes) throws IOException {
    Files.createDirectories(folder);
    Path room = Files.createTempDirectory(folder, "outgoing-");
    FileBlobs spool = new FileBlobs(room);
    try {
      Digest digest = spool.put(bytes, maxBytes);
      if (kept(digest).isEmpty()) {
        upload(digest, spool);
      }
      return digest;
    } finally {
      delete(room);
    }
  }

  @Override
  public OptionalLong size(Digest digest) throws IOException {
    OptionalLong here = copies.size(digest);
    return here.isPresent() ? here : kept(digest);
  }

  @Override
  public Optional<SeekableByteChannel> open(Digest digest) throws IOException {
    Optional<SeekableByteChannel> here = copies.open(digest);
    return here.isPresent() || !fetch(digest) ? here : copies.open(digest);
  }

  @Override
  public void each(Consumer<Digest> to) throws IOException {
    ListObjectsV2Request list =
        ListObjectsV2Request.builder().bucket(settings.bucket()).prefix(inFront()).build();
    try {
      for (S3Object object : client().listObjectsV2Paginator(list).contents()) {
        String hex = object.key().substring(inFront().length()).replace("/", "");
        if (hex.matches("[0-9a-f]{64}")) {
          to.accept(new Digest(hex));
        }
      }
    } catch (SdkException e) {
      throw failed(e);
    }
  }

  private OptionalLong kept(Digest digest) throws IOException {
    try {
      HeadObjectRequest head =
          HeadObjectRequest.builder().bucket(settings.bucket()).key(key(digest)).build();
      return OptionalLong.of(good(client().headObject(head).contentLength()));
    } catch (S3Exception e) {
      if (e.statusCode() == NOT_FOUND) {
        return OptionalLong.empty();
      }
      throw failed(e);
    } catch (SdkException e) {
      throw failed(e);
    }
  }

  private void upload(Digest digest, FileBlobs from) throws IOException {
    PutObjectRequest put =
        PutObjectRequest.builder().bucket(settings.bucket()).key(key(digest)).build();
    try (SeekableByteChannel bytes = from.open(digest).orElseThrow()) {
      // Read again from its begin for the signature, and where the store asks for a second try.
      ContentStreamProvider again =
          () -> {
            try {
              return Channels.newInputStream(bytes.position(0));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          };
      good(
          client()
              .putObject(put, RequestBody.fromContentProvider(again, bytes.size(), OCTET_STREAM)));
    } catch (SdkException e) {
      throw failed(e);
    }
  }

  /** Makes the copy; false where the store does not have it. */
  private boolean fetch(Digest digest) throws IOException {
    OptionalLong size = kept(digest);
    if (size.isEmpty()) {
      return false;
    }
    GetObjectRequest get =
        GetObjectRequest.builder().bucket(settings.bucket()).key(key(digest)).build();
    Digest came;
    try (InputStream object = client().getObject(get)) {
      came = copies.put(object, size.getAsLong());
    } catch (SdkException e) {
      throw failed(e);
    } catch (InvalidInputException e) {
      throw new IOException(digest + " is longer than the store says", e);
    }
    if (!came.equals(digest)) {
      throw new IOException("the store gives " + came + " for " + digest);
    }
    return true;
  }

  private synchronized S3Client client() {
    if (client == null) {
      client =
          S3Client.builder()
              .endpointOverride(settings.endpoint())
              .region(Region.of(settings.region()))
              .credentialsProvider(
                  StaticCredentialsProvider.create(
                      AwsBasicCredentials.create(settings.accessKey(), settings.secretKey())))
              .forcePathStyle(true)
              // Checksums in trailers are Amazon's own; the digest says more.
              .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
              .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
              .httpClient(
                  UrlConnectionHttpClient.builder()
                      .connectionTimeout(PATIENCE)
                      .socketTimeout(PATIENCE)
                      .build())
              .build();
    }
    return client;
  }

  private <T> T good(T answer) {
    trouble = "";
    return answer;
  }

  private IOException failed(SdkException e) {
    trouble = said(e);
    return new IOException("the store of artifacts fails: " + trouble, e);
  }

  private String said(SdkException e) {
    return e instanceof S3Exception s && s.statusCode() == NOT_FOUND
        ? settings.endpoint() + " has no bucket " + settings.bucket()
        : String.valueOf(e.getMessage());
  }

  private String key(Digest digest) {
    return inFront() + digest.hex().substring(0, PREFIX) + "/" + digest.hex().substring(PREFIX);
  }

  private String inFront() {
    return settings.prefix().isEmpty() ? "" : settings.prefix() + "/";
  }

  private static void delete(Path room) throws IOException {
    try (Stream<Path> paths = Files.walk(room)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  /**
   * Ready even without the store, with a notice: devices go on with what is copied, and uplinks do
   * not need it.
   */
  @Override
  public Health health() {
    return trouble.isEmpty()
        ? Health.good(PART)
        : new Health(
            PART,
            true,
            List.of(
                new Health.Notice(
                    "ARTIFACTS_UNAVAILABLE",
                    Severity.MAJOR,
                    "The store of artifacts fails: " + trouble,
                    "See the settings artifacts.s3.*, and that the store runs.")));
  }

  @Override
  public synchronized void close() {
    if (client != null) {
      client.close();
      client = null;
    }
  }
}
