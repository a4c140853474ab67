package io.foretell.ingest.engine.kafka;

import io.foretell.ingest.engine.Attached;
import io.foretell.ingest.engine.ErasableLanes;
import io.foretell.ingest.engine.Partitioning;
import io.foretell.proto.DeviceId;
import io.foretell.proto.LaneUnavailableException;
import io.foretell.proto.Position;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Takes one device out of stages, and makes what the topics have of it unreadable. Its key is
 * retired first, so that nothing more comes under it; destroyed last, when the stages have let go.
 */
final class KafkaEraser {
  private static final long GLANCE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final int BATCH = 4096;

  private final Running running;
  private final LaneKeys keys;
  private final InstantSource clock;
  private final List<KafkaLane<?>> lanes;
  private final Map<String, HostedStage<?, ?>> stages;
  private final Map<String, StateCopy<?, ?>> copies;
  private final List<Attached<?>> sinks;

  KafkaEraser(
      Running running,
      LaneKeys keys,
      InstantSource clock,
      List<KafkaLane<?>> lanes,
      Map<String, HostedStage<?, ?>> stages,
      Map<String, StateCopy<?, ?>> copies,
      List<Attached<?>> sinks) {
    this.running = running;
    this.keys = keys;
    this.clock = clock;
    this.lanes = lanes;
    this.stages = stages;
    this.copies = copies;
    this.sinks = sinks;
  }

  /** Waits until all that is there under the keys of now is read. */
  void settle(DeviceId device, Duration patience) {
    var unused = keys.retire(device);
    long limit = System.nanoTime() + patience.toNanos();
    for (KafkaLane<?> lane : lanes) {
      TopicPartition partition = partition(lane, device);
      long end = running.reader().end(partition);
      stagesPass(lane, partition, end, limit);
    }
    // What the stages have written by now is to be read as well.
    for (Attached<?> sink : sinks) {
      for (KafkaLane<?> lane : lanes) {
        if (sink.from().durable() && sink.from().name().equals(lane.name())) {
          TopicPartition partition = partition(lane, device);
          long end = running.reader().end(partition);
          await(sink.name(), limit, () -> running.passed(sink.name(), partition, end));
        }
      }
    }
  }

  private TopicPartition partition(KafkaLane<?> lane, DeviceId device) {
    return new TopicPartition(lane.topic(), Partitioning.of(device, running.partitions()));
  }

  private void stagesPass(KafkaLane<?> lane, TopicPartition partition, long end, long limit) {
    Set<String> names = new HashSet<>(stages.keySet());
    names.addAll(copies.keySet());
    for (String name : names) {
      if (of(name).equals(lane.name())) {
        await(
            name,
            limit,
            () -> running.passed(stages.get(name), copies.get(name), name, partition, end));
      }
    }
  }

  /** The lane that a stage reads. */
  private String of(String stage) {
    StateCopy<?, ?> copy = copies.get(stage);
    HostedStage<?, ?> hosted = stages.get(stage);
    if (copy != null) {
      return copy.lane().name();
    }
    return hosted == null ? "" : hosted.lane().name();
  }

  private static void await(String reader, long limit, BooleanSupplier passed) {
    while (!passed.getAsBoolean()) {
      if (System.nanoTime() > limit) {
        throw new LaneUnavailableException(reader + " is behind; try again");
      }
      LockSupport.parkNanos(GLANCE_NANOS);
    }
  }

  Map<String, Long> erase(DeviceId device, Duration patience) {
    List<LaneKey> retired = keys.retire(device);
    long states = states(device, patience);
    if (retired.isEmpty() && states == 0) {
      return Map.of();
    }
    if (retired.isEmpty()) {
      // All of it is of a version that did not seal.
      made(device, patience);
      retired = keys.retire(device);
    }
    long limit = System.nanoTime() + patience.toNanos();
    for (KafkaLane<?> lane : lanes) {
      if (read(lane)) {
        Position at = sent(lane, retired.get(0), patience);
        stagesPass(lane, partition(lane, device), at.offset() + 1, limit);
      }
    }
    if (states(device, patience) > 0) {
      throw new LaneUnavailableException("something still comes in of the device; try again");
    }
    Map<String, Long> counts = new LinkedHashMap<>();
    Set<UUID> ids = new HashSet<>();
    retired.forEach(key -> ids.add(key.id()));
    lanes.forEach(lane -> count(lane, device, ids, counts));
    counts.put(ErasableLanes.STATES, states);
    counts.put(ErasableLanes.KEYS, (long) retired.size());
    keys.destroy(retired);
    return counts;
  }

  private boolean read(KafkaLane<?> lane) {
    return stages.keySet().stream().anyMatch(name -> of(name).equals(lane.name()))
        || copies.keySet().stream().anyMatch(name -> of(name).equals(lane.name()));
  }

  private void made(DeviceId device, Duration patience) {
    var unused = done(keys.of(device).toCompletableFuture(), patience);
  }

  private Position sent(KafkaLane<?> lane, LaneKey of, Duration patience) {
    return done(lane.erase(of, clock.millis()), patience);
  }

  private static <T> T done(CompletableFuture<T> asked, Duration patience) {
    try {
      return asked.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | CompletionException | TimeoutException e) {
      throw new LaneUnavailableException("the device could not be erased", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LaneUnavailableException("interrupted", e);
    }
  }

  /** How many stages have a state of it. */
  private long states(DeviceId device, Duration patience) {
    Map<String, Optional<?>> states = new HashMap<>();
    int partition = Partitioning.of(device, running.partitions());
    stages.forEach(
        (name, stage) -> {
          if (!copies.containsKey(name)) {
            states.put(name, stage.state(device, partition, patience));
          }
        });
    copies.forEach((name, copy) -> states.put(name, copy.state(device)));
    return states.values().stream().filter(Optional::isPresent).count();
  }

  /** Walks through the partition of the device: what is sealed, and what is in the clear. */
  private void count(KafkaLane<?> lane, DeviceId device, Set<UUID> ids, Map<String, Long> counts) {
    byte[] name = Names.key(device);
    TopicPartition partition = partition(lane, device);
    LogReader reader = running.reader();
    long end = reader.end(partition);
    long next = reader.begin(partition);
    long sealed = 0;
    long clear = 0;
    while (next < end) {
      List<ConsumerRecord<byte[], byte[]>> page = reader.read(partition, next, BATCH);
      for (ConsumerRecord<byte[], byte[]> found : page) {
        UUID id = Names.sealedBy(found.key());
        if (id != null && ids.contains(id) && !KafkaLane.erases(found.headers())) {
          sealed++;
        } else if (Arrays.equals(found.key(), name)) {
          clear++;
        }
      }
      next = page.isEmpty() ? end : page.get(page.size() - 1).offset() + 1;
    }
    counts.put(lane.name(), sealed);
    if (clear > 0) {
      counts.put("clear:" + lane.name(), clear);
    }
  }
}
