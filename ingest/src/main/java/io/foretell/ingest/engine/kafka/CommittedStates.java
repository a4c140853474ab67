package io.foretell.ingest.engine.kafka;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * A store as its readers see it: between a write and its commit they see what was there before.
 * Kafka Streams' own queries would show what may still be taken back.
 */
final class CommittedStates {
  private final Map<Bytes, byte @Nullable []> before = new HashMap<>();

  /** Changes a record; readers see the old one until {@link #clear}. */
  synchronized void change(Bytes key, ReadOnlyKeyValueStore<Bytes, byte[]> store, Runnable change) {
    if (!before.containsKey(key)) {
      before.put(key, store.get(key));
    }
    change.run();
  }

  /** What was changed is committed. */
  synchronized void clear() {
    before.clear();
  }

  synchronized byte @Nullable [] get(Bytes key, ReadOnlyKeyValueStore<Bytes, byte[]> store) {
    return before.containsKey(key) ? before.get(key) : store.get(key);
  }

  /** Some records from a key on, in their order; none where there are none left. */
  synchronized List<KeyValue<Bytes, byte[]>> page(
      @Nullable Bytes after, int limit, ReadOnlyKeyValueStore<Bytes, byte[]> store) {
    List<KeyValue<Bytes, byte[]>> page = new ArrayList<>();
    try (KeyValueIterator<Bytes, byte[]> each = store.range(after, null)) {
      while (each.hasNext() && page.size() < limit) {
        KeyValue<Bytes, byte[]> found = each.next();
        byte[] kept = before.containsKey(found.key) ? before.get(found.key) : found.value;
        if (kept != null && !found.key.equals(after)) {
          page.add(KeyValue.pair(found.key, kept));
        }
      }
    }
    return page;
  }
}
