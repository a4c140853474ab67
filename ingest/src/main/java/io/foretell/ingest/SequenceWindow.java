package io.foretell.ingest;

import java.util.Arrays;

/*
 * Design note. A bitmap over the last 1,024 numbers costs 128 bytes for every device and forgets a
 * backlog: a truck that comes out of a dead zone may send what is new first and the day before
 * after it. Runs of seen numbers cost a few bytes while messages come in order, remember exactly
 * as far back as there are at most MAX_RUNS - 1 gaps, and never less than a bitmap of
 * 2 * MAX_RUNS = 1,024 numbers: MAX_RUNS runs, each at least one number and one gap long.
 */
/**
 * The sequence numbers of one boot that were seen: all up to a floor, and runs above it. The answer
 * does not depend on the order of arrival as long as there are fewer than {@value #MAX_RUNS} gaps;
 * then the lowest gap closes and its numbers count as seen.
 */
final class SequenceWindow {
  static final int MAX_RUNS = 512;

  private long floor;
  private long[] first = new long[1];
  private long[] last = new long[1];
  private int runs;

  /** Whether the number was seen, or lies so far back that this can not be told. */
  boolean seen(long number) {
    if (number <= floor) {
      return true;
    }
    int i = runAtOrBelow(number);
    return i >= 0 && number <= last[i];
  }

  /** Takes note of a number that was not {@link #seen}. */
  void add(long number) {
    int below = runAtOrBelow(number);
    boolean joinsBelow = below >= 0 ? last[below] + 1 == number : floor + 1 == number;
    boolean joinsAbove = below + 1 < runs && first[below + 1] - 1 == number;
    if (below < 0 && joinsBelow) {
      raiseFloor(joinsAbove ? last[0] : number, joinsAbove);
    } else if (joinsBelow && joinsAbove) {
      last[below] = last[below + 1];
      remove(below + 1);
    } else if (joinsBelow) {
      last[below] = number;
    } else if (joinsAbove) {
      first[below + 1] = number;
    } else {
      insert(below + 1, number, number);
    }
  }

  /** How many numbers below the highest are missing. */
  long missing() {
    long missing = 0;
    long before = floor;
    for (int i = 0; i < runs; i++) {
      missing += first[i] - before - 1;
      before = last[i];
    }
    return missing;
  }

  long floor() {
    return floor;
  }

  int runs() {
    return runs;
  }

  long first(int run) {
    return first[run];
  }

  long last(int run) {
    return last[run];
  }

  /** A window as it was kept; runs are ascending, apart from each other and above the floor. */
  static SequenceWindow restored(long floor, long[] first, long[] last) {
    SequenceWindow window = new SequenceWindow();
    window.floor = floor;
    window.runs = first.length;
    window.first = first.length == 0 ? new long[1] : first;
    window.last = last.length == 0 ? new long[1] : last;
    return window;
  }

  private int runAtOrBelow(long number) {
    if (runs == 0 || number < first[0]) {
      return -1;
    }
    if (number >= first[runs - 1]) {
      return runs - 1;
    }
    int at = Arrays.binarySearch(first, 0, runs, number);
    return at >= 0 ? at : -at - 2;
  }

  private void raiseFloor(long to, boolean overFirstRun) {
    floor = to;
    if (overFirstRun) {
      remove(0);
    }
  }

  private void insert(int at, long from, long to) {
    if (runs == MAX_RUNS) {
      if (at == 0) {
        floor = to;
        return;
      }
      raiseFloor(last[0], true);
      insert(at - 1, from, to);
      return;
    }
    if (runs == first.length) {
      first = Arrays.copyOf(first, runs * 2);
      last = Arrays.copyOf(last, runs * 2);
    }
    System.arraycopy(first, at, first, at + 1, runs - at);
    System.arraycopy(last, at, last, at + 1, runs - at);
    first[at] = from;
    last[at] = to;
    runs++;
  }

  private void remove(int at) {
    System.arraycopy(first, at + 1, first, at, runs - at - 1);
    System.arraycopy(last, at + 1, last, at, runs - at - 1);
    runs--;
  }
}
