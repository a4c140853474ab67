package io.foretell.ingest.engine.rocksdb;

import io.foretell.ingest.engine.Partitioning;
import io.foretell.proto.Codec;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.Lane;
import io.foretell.proto.LaneUnavailableException;
import io.foretell.proto.Position;
import io.foretell.proto.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A lane in the store. It can be had before the engine starts, and takes entries while it runs. */
final class RocksLane<T> implements Lane<T> {
  /** How the names of families of lanes begin. */
  static final String FAMILY = "lane/";

  private final Topic<T> topic;
  private final Codec<T> codec;
  private volatile List<Partition<T>> partitions = List.of();
  private volatile @Nullable Writer writer;

  RocksLane(Topic<T> topic) {
    this.topic = topic;
    this.codec =
        topic
            .codec()
            .orElseThrow(() -> new IllegalArgumentException("no durable topic: " + topic.name()));
  }

  String name() {
    return topic.name();
  }

  /** Opens it, or learns again what is in the store. */
  void open(Store store, Writer through, int count) {
    if (partitions.isEmpty()) {
      openToRead(store, count);
      writer = through;
    } else {
      partitions.forEach(Partition::reload);
    }
  }

  /** Opens it for readers alone. */
  void openToRead(Store store, int count) {
    List<Partition<T>> opened = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Store.Family family = store.family(family(i));
      opened.add(new Partition<>(store, family, topic.name(), i, codec));
    }
    partitions = List.copyOf(opened);
  }

  /** The names of its families in the store. */
  Stream<String> families(int count) {
    return IntStream.range(0, count).mapToObj(this::family);
  }

  private String family(int number) {
    return FAMILY + topic.name() + "/" + number;
  }

  List<Partition<T>> opened() {
    return partitions;
  }

  @Override
  public CompletionStage<Position> append(DeviceId key, long at, T value) {
    Writer open = writer;
    if (open == null) {
      return CompletableFuture.failedFuture(
          new LaneUnavailableException("the engine is not started"));
    }
    byte[] record = Records.of(key, codec.encode(value));
    Append<T> append = new Append<>(partition(key), key, at, value, record);
    open.append(append);
    return append;
  }

  /** Adds an entry to what a pass leaves. */
  void append(Commit commit, DeviceId key, long at, T value, byte[] encoded) {
    commit.append(partition(key), key, at, value, Records.of(key, encoded));
  }

  private Partition<T> partition(DeviceId key) {
    List<Partition<T>> all = partitions;
    return all.get(Partitioning.of(key, all.size()));
  }

  @Override
  public int partitions() {
    return partitions.size();
  }

  @Override
  public long end(int partition) {
    return partitions.get(partition).end();
  }

  @Override
  public long begin(int partition) {
    return partitions.get(partition).begin();
  }

  @Override
  public List<Entry<T>> read(int partition, long from, int limit) {
    return partitions.get(partition).read(from, limit);
  }
}
