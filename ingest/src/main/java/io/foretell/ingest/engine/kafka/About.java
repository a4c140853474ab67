package io.foretell.ingest.engine.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What an installation's topics say of themselves, on the topic {@code prefix.about}: a word and
 * its text.
 *
 * <pre>
 * format                 the layout of topics and records
 * filling                a migration writes them, or was cut off: nothing may start on them
 * moved                  a migration has moved all of it elsewhere: nothing may start on them
 * before/LANE/PARTITION  entries that came before the first, left behind by a migration
 * </pre>
 */
final class About {
  static final String FORMAT = "format";
  static final String FILLING = "filling";
  static final String MOVED = "moved";

  private final Map<String, String> words;

  private About(Map<String, String> words) {
    this.words = Map.copyOf(words);
  }

  static String before(String lane, int partition) {
    return "before/" + lane + "/" + partition;
  }

  /** Reads the topic, which is there. */
  static About read(Consumer<byte[], byte[]> reader, String topic, Duration patience) {
    TopicPartition about = new TopicPartition(topic, 0);
    reader.assign(List.of(about));
    reader.seekToBeginning(List.of(about));
    long end = reader.endOffsets(List.of(about)).getOrDefault(about, 0L);
    Map<String, String> words = new HashMap<>();
    long limit = System.nanoTime() + patience.toNanos();
    while (reader.position(about) < end) {
      if (System.nanoTime() > limit) {
        throw new KafkaRefusedException("topic " + topic + " cannot be read");
      }
      for (ConsumerRecord<byte[], byte[]> found : reader.poll(Duration.ofMillis(100))) {
        String word = new String(found.key(), UTF_8);
        if (found.value() == null) {
          words.remove(word);
        } else {
          words.put(word, new String(found.value(), UTF_8));
        }
      }
    }
    return new About(words);
  }

  /**
   * Writes a word. The producer never waits long, so a topic that was just made may take some
   * attempts.
   *
   * @param text null: it is taken back
   */
  static void write(
      Producer<byte[], byte[]> producer,
      String topic,
      String word,
      @Nullable String text,
      Duration patience) {
    long limit = System.nanoTime() + patience.toNanos();
    byte[] value = text == null ? null : text.getBytes(UTF_8);
    while (true) {
      try {
        producer
            .send(new ProducerRecord<>(topic, 0, word.getBytes(UTF_8), value))
            .get(patience.toMillis(), TimeUnit.MILLISECONDS);
        return;
      } catch (ExecutionException | TimeoutException e) {
        if (System.nanoTime() > limit) {
          throw new KafkaRefusedException(
              "topic " + topic + " cannot be written to: " + e.getMessage(), e);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new KafkaRefusedException("interrupted", e);
      }
    }
  }

  Optional<String> word(String word) {
    return Optional.ofNullable(words.get(word));
  }

  /** The layout; 0 where none is said. */
  int format() {
    return word(FORMAT).map(About::number).orElse(0);
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return Integer.MAX_VALUE;
    }
  }

  /** How many entries of a partition came before the first on its topic. */
  long entriesBefore(String lane, int partition) {
    return word(before(lane, partition)).map(Long::parseLong).orElse(0L);
  }
}
