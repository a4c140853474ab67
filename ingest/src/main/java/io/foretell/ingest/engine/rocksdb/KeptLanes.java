package io.foretell.ingest.engine.rocksdb;

import io.foretell.ingest.engine.Notices;
import io.foretell.ingest.engine.Replay;
import io.foretell.ingest.engine.Skips;
import io.foretell.proto.Emit;
import io.foretell.proto.Lane;
import io.foretell.proto.Stage;
import io.foretell.proto.Topic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * The lanes of a folder as they are on disk at one moment, to be read and replayed; nothing in the
 * folder is changed, and an engine may run on it meanwhile.
 */
public final class KeptLanes implements AutoCloseable {
  private static final int CACHED_STATES = 16_384;

  private final Store store;
  private final Path logs;
  private final int partitions;
  private final Map<String, RocksLane<?>> lanes = new HashMap<>();

  private KeptLanes(Store store, Path logs, int partitions) {
    this.store = store;
    this.logs = logs;
    this.partitions = partitions;
  }

  /**
   * Opens them.
   *
   * @param dir the folder of an engine, or a copy of one
   * @throws StoreRefusedException where it has no lanes, or those of a later version
   */
  public static KeptLanes open(Path dir) {
    try {
      Path logs = Files.createTempDirectory("lanes");
      Store store = new Store(dir);
      KeptLanes kept = null;
      try {
        store.openToRead(logs);
        kept = new KeptLanes(store, logs, (int) store.metaNumber(Keys.PARTITIONS, 0));
        return kept;
      } finally {
        if (kept == null) {
          store.close();
          delete(logs);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("no folder for logs", e);
    }
  }

  /** The lane of a durable topic; appends to it fail. */
  public <T> Lane<T> lane(Topic<T> topic) {
    return laneOf(topic);
  }

  @SuppressWarnings("unchecked") // a topic's name stands for its type
  private synchronized <T> RocksLane<T> laneOf(Topic<T> topic) {
    RocksLane<T> known = (RocksLane<T>) lanes.get(topic.name());
    if (known != null) {
      return known;
    }
    RocksLane<T> made = new RocksLane<>(topic);
    made.openToRead(store, partitions);
    lanes.put(topic.name(), made);
    return made;
  }

  /**
   * As {@link io.foretell.proto.Engine#replay}.
   *
   * @param known until when the devices are ticked at least, ms since 1970: a running engine has
   *     ticked them by its clock
   */
  public <S, I> long replay(Topic<I> from, Stage<S, I> stage, Emit out, long known) {
    Skips<I> skips = new Skips<>("replay", new LongAdder(), new Notices());
    return new Replay<>(stage, from.name(), out, CACHED_STATES, skips)
        .run(laneOf(from), Replay.Ticks.NONE, known);
  }

  @Override
  public void close() {
    store.close();
    try {
      delete(logs);
    } catch (IOException e) {
      throw new UncheckedIOException("logs are left in " + logs, e);
    }
  }

  private static void delete(Path folder) throws IOException {
    List<Path> all;
    try (Stream<Path> found = Files.walk(folder)) {
      all = found.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }
}
