package io.foretell.ingest.engine.kafka;

import io.foretell.proto.DeviceId;
import org.jspecify.annotations.Nullable;

/**
 * Where a stage's value goes.
 *
 * @param key null where it is of no device
 */
record Output(String topic, int partition, @Nullable DeviceId key) {}
