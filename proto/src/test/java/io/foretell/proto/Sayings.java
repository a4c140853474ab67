package io.foretell.proto;

import static io.foretell.proto.JournalStage.SAID;
import static io.foretell.proto.LaneContract.TEXT;

import io.foretell.proto.JournalStage.Journal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What is said to a journal, and what it says: hosted, or in a replay. */
final class Sayings {
  private Sayings() {}

  static List<String> said(Engine engine, DeviceId device) {
    return LaneContract.all(engine.lane(SAID)).stream()
        .filter(entry -> entry.key().equals(device))
        .map(Entry::value)
        .toList();
  }

  static Map<DeviceId, List<String>> replayed(Engine engine) {
    Map<DeviceId, List<String>> replayed = new HashMap<>();
    engine.replay(
        TEXT,
        new JournalStage(),
        new Emit() {
          @Override
          public <T> void to(Topic<T> topic, DeviceId key, T value) {
            if (topic.name().equals(SAID.name())) {
              replayed.computeIfAbsent(key, of -> new ArrayList<>()).add((String) value);
            }
          }
        });
    return replayed;
  }

  static Emit collecting(Topic<String> of, List<String> out) {
    return new Emit() {
      @Override
      public <T> void to(Topic<T> topic, DeviceId key, T value) {
        if (topic.name().equals(of.name())) {
          out.add((String) value);
        }
      }
    };
  }

  static void append(Engine engine, DeviceId device, long at, String value) {
    Await.done(engine.lane(TEXT).append(device, at, value));
  }

  static String journal(Engine engine, DeviceId device) {
    return engine.state("journal", device, Journal.class).orElseThrow().toString();
  }
}
