package io.foretell.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A spool that lives as long as the process. When it is full, what matters least goes first: raw
 * frames, then telemetry, the oldest of each; fault codes, replies and updates never, so that of
 * those it holds as many as there are.
 */
public final class MemorySpool implements Spool {
  private static final List<String> SHED_ORDER = List.of("/frames", "/telemetry");

  private final TreeMap<Long, Message> kept = new TreeMap<>();
  private final List<TreeSet<Long>> sheddable = List.of(new TreeSet<>(), new TreeSet<>());
  private final int capacity;
  private long last;
  private long dropped;

  /**
   * With room for {@code capacity} messages.
   *
   * @throws IllegalArgumentException where that is none
   */
  public MemorySpool(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("a spool for 1 message or more, not " + capacity);
    }
    this.capacity = capacity;
  }

  @Override
  public Added add(Message message) {
    long number = nextNumber();
    keep(number, message);
    return new Added(number, shed());
  }

  long nextNumber() {
    return last + 1;
  }

  /** Keeps a message under a number that it was given before. */
  void keep(long number, Message message) {
    last = Math.max(last, number);
    kept.put(number, message);
    for (int i = 0; i < SHED_ORDER.size(); i++) {
      if (message.path().endsWith(SHED_ORDER.get(i))) {
        sheddable.get(i).add(number);
      }
    }
  }

  List<Long> shed() {
    List<Long> givenUp = new ArrayList<>();
    for (TreeSet<Long> numbers : sheddable) {
      while (kept.size() > capacity && !numbers.isEmpty()) {
        long number = numbers.first();
        done(number);
        givenUp.add(number);
      }
    }
    dropped += givenUp.size();
    return givenUp;
  }

  boolean keeps(long number) {
    return kept.containsKey(number);
  }

  @Override
  public List<Kept> next(long after, int limit) {
    List<Kept> next = new ArrayList<>();
    for (Map.Entry<Long, Message> entry : kept.tailMap(after, false).entrySet()) {
      if (next.size() == limit) {
        break;
      }
      next.add(new Kept(entry.getKey(), entry.getValue()));
    }
    return next;
  }

  @Override
  public void done(long number) {
    kept.remove(number);
    sheddable.forEach(numbers -> numbers.remove(number));
  }

  @Override
  public int size() {
    return kept.size();
  }

  @Override
  public long dropped() {
    return dropped;
  }

  @Override
  public void close() {
    kept.clear();
    sheddable.forEach(TreeSet::clear);
  }
}
