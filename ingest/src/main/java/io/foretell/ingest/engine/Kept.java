package io.foretell.ingest.engine;

import io.foretell.proto.DeviceId;

/**
 * An entry as a lane keeps it, not decoded.
 *
 * @param offset where it stands in its partition
 * @param at ms since 1970
 * @param value as the topic's codec wrote it
 */
public record Kept(long offset, DeviceId key, long at, byte[] value) {}
