package io.foretell.ingest.engine;

import io.foretell.proto.Health.Notice;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What an operator should know now, each thing once. */
public final class Notices {
  private final Map<String, Notice> notices = new ConcurrentHashMap<>();

  /** Says something, or says it anew. */
  public void put(String subject, Notice notice) {
    notices.put(subject, notice);
  }

  /** It is no longer so. */
  public void clear(String subject) {
    notices.remove(subject);
  }

  /** Worst first. */
  public List<Notice> list() {
    return notices.values().stream()
        .sorted(
            Comparator.comparing(Notice::severity)
                .reversed()
                .thenComparing(Notice::code)
                .thenComparing(Notice::text))
        .toList();
  }
}
