package io.foretell.firmwareota.blobs.s3;

import java.net.URI;

/**
 * Where artifacts are kept, and as whom.
 *
 * @param endpoint the store, such as {@code https://s3.eu-central-1.amazonaws.com} or {@code
 *     http://minio:9000}
 * @param region what requests are signed for; stores that know no regions take any
 * @param bucket must be there; it is addressed by path, which every store understands
 * @param prefix in front of every object's name; may be empty
 * @param accessKey who asks
 * @param secretKey signs what is asked; never shown
 */
public record S3Settings(
    URI endpoint, String region, String bucket, String prefix, String accessKey, String secretKey) {
  /** Without the secret. */
  @Override
  public String toString() {
    return endpoint + "/" + bucket + "/" + prefix;
  }
}
