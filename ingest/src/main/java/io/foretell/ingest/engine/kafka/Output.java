package io.foretell.ingest.engine.kafka;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where a stage's value goes.
 *
 * @param key the id of the key that it is sealed by; null where it is of no device
 */
record Output(String topic, int partition, @Nullable UUID key) {}
