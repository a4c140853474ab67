package io.foretell.ingest.engine.rocksdb;

import io.foretell.proto.Health.Notice;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What an operator should know now, each thing once. */
final class Notices {
  private final Map<String, Notice> notices = new ConcurrentHashMap<>();

  void put(String subject, Notice notice) {
    notices.put(subject, notice);
  }

  void clear(String subject) {
    notices.remove(subject);
  }

  /** Worst first. */
  List<Notice> list() {
    return notices.values().stream()
        .sorted(
            Comparator.comparing(Notice::severity)
                .reversed()
                .thenComparing(Notice::code)
                .thenComparing(Notice::text))
        .toList();
  }
}
