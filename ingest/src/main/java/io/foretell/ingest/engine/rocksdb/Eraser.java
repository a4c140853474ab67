package io.foretell.ingest.engine.rocksdb;

import io.foretell.ingest.engine.Partitioning;
import io.foretell.proto.DeviceId;
import io.foretell.proto.LaneUnavailableException;
import io.foretell.proto.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.rocksdb.RocksIterator;

/**
 * Finds what the store has of one device, and takes it out. The long search goes on beside
 * everything; only what has come since is looked for while all passes are held.
 */
final class Eraser {
  private static final int PAGE = 10_000;

  private final Works works;
  private final DeviceId device;
  private final List<Search> searches = new ArrayList<>();
  private final List<Erase.Key> keys = new ArrayList<>();
  private final List<Store.Range> ended = new ArrayList<>();
  private final Map<String, Long> counts = new LinkedHashMap<>();

  Eraser(Works works, Collection<RocksLane<?>> lanes, DeviceId device) {
    this.works = works;
    this.device = device;
    Set<String> unknown = works.store().lanes();
    for (RocksLane<?> lane : lanes) {
      List<? extends Partition<?>> all = lane.opened();
      searches.add(new Search(all.get(Partitioning.of(device, all.size()))));
      all.forEach(partition -> unknown.remove(partition.family().name));
    }
    if (!unknown.isEmpty()) {
      throw new LaneUnavailableException(
          "nothing is erased: there are lanes that nobody has opened, " + unknown);
    }
  }

  /** The entries of a partition that are the device's, as far as it has been looked through. */
  private final class Search {
    final Partition<?> partition;
    final List<Long> found = new ArrayList<>();
    long next;
    long lastChunk;

    Search(Partition<?> partition) {
      this.partition = partition;
      this.next = partition.begin();
    }

    void toTheEnd() {
      long end = partition.end();
      while (next < end) {
        next = page(next, end);
      }
    }

    private long page(long from, long end) {
      return works
          .store()
          .read(
              db -> {
                try (RocksIterator iterator = works.store().iterator(partition.family())) {
                  long next = from;
                  iterator.seek(Keys.number(from));
                  for (int n = 0; n < PAGE && next < end; iterator.next()) {
                    if (!iterator.isValid()) {
                      return end;
                    }
                    n += chunk(Keys.number(iterator.key()), iterator.value());
                    next = Keys.number(iterator.key()) + 1;
                  }
                  return next;
                }
              });
    }

    private int chunk(long last, byte[] value) {
      Chunks.Walk walk = new Chunks.Walk(value);
      for (long offset = last - walk.count() + 1; walk.hasNext(); offset++) {
        byte[] record = walk.next();
        if (record.length > 0 && Records.key(record).equals(device)) {
          found.add(offset);
          lastChunk = last;
        }
      }
      return walk.count();
    }

    void refuseUnread() {
      for (Reader reader : partition.readers()) {
        if (!found.isEmpty() && reader.finished() <= found.get(found.size() - 1)) {
          throw new LaneUnavailableException(
              "entries of " + partition.lane() + " have still to be read");
        }
      }
    }
  }

  /** Looks through all that is there; takes as long as it takes. */
  void look() {
    searches.forEach(Search::toTheEnd);
  }

  /** Takes out what was found, and what has come since; while all passes are held. */
  void apply(Collection<HostedStage<?, ?>> stages, Duration patience) {
    look();
    List<Erase.Entries> entries = new ArrayList<>();
    for (Search search : searches) {
      search.refuseUnread();
      entries.add(new Erase.Entries(search.partition, search.found));
      counts.put(search.partition.lane(), (long) search.found.size());
    }
    stages.forEach(this::state);
    counts.put("states", (long) keys.stream().filter(key -> isState(key)).count());
    Erase erase = new Erase(entries, keys);
    works.writer().pass(erase);
    try {
      erase.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new LaneUnavailableException("nothing could be erased", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LaneUnavailableException("interrupted", e);
    }
    // Whatever a pass remembers of the device is void.
    works.store().renew();
  }

  private static boolean isState(Erase.Key key) {
    return key.family().name.equals("states");
  }

  private void state(HostedStage<?, ?> stage) {
    Store.Family states = works.store().family("states");
    byte[] stateKey = Keys.state(stage.id(), device);
    byte[] record = works.store().read(db -> db.get(states.handle(), stateKey));
    long timer = Stage.NEVER;
    if (record != null) {
      keys.add(new Erase.Key(states, stateKey));
      timer = Keys.number(record);
    }
    // A state that ended before is still said to have ended, and so are its timers.
    ended.add(new Store.Range(states, stateKey, stateKey));
    for (Search search : searches) {
      if (search.partition.lane().equals(stage.from().name())) {
        timers(stage.id(), search.partition.number(), timer);
      }
    }
  }

  private void timers(int stage, int partition, long timer) {
    Store.Family family = works.store().family("timers");
    if (timer != Stage.NEVER) {
      keys.add(new Erase.Key(family, Keys.timer(stage, partition, timer, device)));
    }
    // Timers that were used up had other moments, and so are elsewhere in the tables.
    ended.add(
        new Store.Range(
            family,
            Keys.timerFrom(stage, partition, Long.MIN_VALUE),
            Keys.timersEnd(stage, partition)));
  }

  /** How many entries of each lane, and how many states. */
  Map<String, Long> counts() {
    return counts;
  }

  /** Writes the tables anew that had any of it; takes as long as it takes. */
  void scrub() {
    List<Store.Range> ranges = new ArrayList<>(ended);
    for (Search search : searches) {
      if (!search.found.isEmpty()) {
        byte[] first = Keys.number(search.found.get(0));
        byte[] last = Keys.number(search.lastChunk);
        ranges.add(new Store.Range(search.partition.family(), first, last));
      }
    }
    works.store().scrub(ranges);
  }
}
