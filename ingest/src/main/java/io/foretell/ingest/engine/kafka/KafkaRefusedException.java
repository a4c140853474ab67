package io.foretell.ingest.engine.kafka;

import org.jspecify.annotations.Nullable;

/**
 * The brokers, or the topics on them, cannot be used as configured: nobody answers, a topic has
 * another number of partitions, or a later version made them. The message says what to do.
 */
public final class KafkaRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  KafkaRefusedException(String message) {
    super(message);
  }

  KafkaRefusedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
