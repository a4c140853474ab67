package io.foretell.app.migrate;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Which offset each entry has got where it was moved to. Offsets are given anew and without gaps,
 * so runs of entries keep their distance; between two shapes of an installation partitions stay.
 */
final class Places {
  private final Map<String, Runs> partitions = new HashMap<>();

  /** Entries of one partition; each run is from, to, how many. */
  private static final class Runs {
    final long first;
    long end;
    long[] runs = new long[3];
    int used;

    Runs(long first) {
      this.first = first;
      this.end = first;
    }

    void add(long from, long to) {
      int last = used - 3;
      if (used > 0
          && runs[last] + runs[last + 2] == from
          && runs[last + 1] + runs[last + 2] == to) {
        runs[last + 2]++;
      } else {
        if (used == runs.length) {
          runs = Arrays.copyOf(runs, 2 * used);
        }
        runs[used] = from;
        runs[used + 1] = to;
        runs[used + 2] = 1;
        used += 3;
      }
      end = to + 1;
    }

    /** Where the last run begins that does not begin behind an offset; -1 where there is none. */
    int at(long from) {
      int low = 0;
      int high = used / 3 - 1;
      while (low <= high) {
        int middle = (low + high) >>> 1;
        if (runs[3 * middle] <= from) {
          low = middle + 1;
        } else {
          high = middle - 1;
        }
      }
      return 3 * high;
    }

    OptionalLong exact(long from) {
      int run = at(from);
      return run >= 0 && from < runs[run] + runs[run + 2]
          ? OptionalLong.of(runs[run + 1] + from - runs[run])
          : OptionalLong.empty();
    }

    /** Of the first entry that is not before an offset. */
    long next(long from) {
      int run = at(from);
      if (run >= 0 && from < runs[run] + runs[run + 2]) {
        return runs[run + 1] + from - runs[run];
      }
      int behind = run + 3;
      return behind >= 0 && behind < used ? runs[behind + 1] : end;
    }

    /**
     * Of an entry that may not be kept any more: as far before the first as it was, if it can be.
     */
    long last(long from) {
      OptionalLong exact = exact(from);
      if (exact.isPresent()) {
        return exact.getAsLong();
      }
      long distance = used == 0 ? 1 : Math.max(1, runs[0] - from);
      return Math.max(0, first - distance);
    }
  }

  private Runs of(String lane, int partition) {
    Runs known = partitions.get(lane + "/" + partition);
    return known == null ? new Runs(0) : known;
  }

  /**
   * Begins a partition.
   *
   * @param first the offset that its first entry has or will have at the target
   */
  void begin(String lane, int partition, long first) {
    partitions.put(lane + "/" + partition, new Runs(first));
  }

  /** An entry has moved. */
  void add(String lane, int partition, long from, long to) {
    of(lane, partition).add(from, to);
  }

  /**
   * Ends a partition.
   *
   * @param end where who has had all of it goes on: behind the last entry, and behind what has a
   *     place there and is no entry any more
   */
  void end(String lane, int partition, long end) {
    of(lane, partition).end = end;
  }

  /** Where an entry is now; empty where it is not kept. */
  OptionalLong exact(String lane, int partition, long from) {
    return of(lane, partition).exact(from);
  }

  /** Where the first entry is now that is not before an offset; the end where there is none. */
  long next(String lane, int partition, long from) {
    return of(lane, partition).next(from);
  }

  /** What stands for an entry that a state has seen last, kept or not. */
  long last(String lane, int partition, long from) {
    return of(lane, partition).last(from);
  }

  /** Where who has had all of it goes on. */
  long end(String lane, int partition) {
    return of(lane, partition).end;
  }
}
