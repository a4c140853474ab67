package io.foretell.firmwareota;

import io.foretell.proto.Digest;
import java.util.Locale;

/**
 * What a command tells a device to install.
 *
 * @param target the name in the signed metadata
 * @param size in bytes
 * @param rollback whether going back to an older version is wanted; never below the signed floor
 */
public record Install(
    Digest digest, String target, String component, Version version, long size, boolean rollback) {

  static Install of(Artifact artifact, boolean rollback) {
    return new Install(
        artifact.digest(),
        artifact.name(),
        artifact.component(),
        artifact.version(),
        artifact.size(),
        rollback);
  }

  /** The arguments of the command; no value can hold a character that JSON escapes. */
  String arguments(String campaign) {
    return String.format(
        Locale.ROOT,
        "{\"campaign\":\"%s\",\"component\":\"%s\",\"version\":\"%s\",\"artifact\":\"%s\","
            + "\"size\":%d,\"target\":\"%s\",\"url\":\"/v1/artifacts/%s\","
            + "\"metadata\":\"/v1/metadata\",\"rollback\":%b}",
        campaign,
        component,
        version,
        digest,
        size,
        target,
        digest.hex(),
        rollback);
  }
}
