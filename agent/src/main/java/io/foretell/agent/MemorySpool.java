package io.foretell.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A spool that lives as long as the process. When it is full, what matters least goes first: raw
 * frames, then telemetry; fault codes, replies and updates never.
 */
public final class MemorySpool implements Spool {
  private static final List<String> SHED_ORDER = List.of("/frames", "/telemetry");

  private final TreeMap<Long, Message> kept = new TreeMap<>();
  private final int capacity;
  private long last;
  private long dropped;

  /** With room for {@code capacity} messages. */
  public MemorySpool(int capacity) {
    this.capacity = capacity;
  }

  @Override
  public long add(Message message) {
    if (kept.size() >= capacity) {
      shed();
    }
    kept.put(++last, message);
    return last;
  }

  private void shed() {
    for (String route : SHED_ORDER) {
      for (Map.Entry<Long, Message> entry : kept.entrySet()) {
        if (entry.getValue().path().endsWith(route)) {
          kept.remove(entry.getKey());
          dropped++;
          return;
        }
      }
    }
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
  }
}
