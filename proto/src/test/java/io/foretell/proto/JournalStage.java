package io.foretell.proto;

/**
 * A stage to test engines with: it writes down what happens to a device, in place, and says it on a
 * durable and on a pass topic. An entry's words tell it what to do:
 *
 * <pre>
 * wake T     tick at T
 * every P    tick every P ms from now on, three times
 * poison     change the state, emit, and then throw
 * bomb T     tick at T, and throw there
 * quiet      emit nothing
 * </pre>
 */
final class JournalStage implements Stage<JournalStage.Journal, String> {
  /** What it says, kept. */
  static final Topic<String> SAID = Topic.lane("said", Texts.TEXT);

  /** What it says, in passing. */
  static final Topic<String> HEARD = Topic.pass("heard");

  /** One device's state. */
  static final class Journal {
    final StringBuilder log = new StringBuilder();
    long wakeAt = NEVER;
    long period;
    int left;
    boolean bomb;

    @Override
    public String toString() {
      return log.toString();
    }
  }

  @Override
  public Journal initial(DeviceId key) {
    return new Journal();
  }

  @Override
  public Journal apply(Journal state, Entry<String> entry, Emit out) {
    String[] words = entry.value().split(" ");
    state.log.append(entry.value()).append('@').append(entry.at()).append(';');
    if (!words[0].equals("quiet")) {
      say(out, entry.key(), entry.value() + "@" + entry.at());
    }
    switch (words[0]) {
      case "wake" -> {
        state.wakeAt = Long.parseLong(words[1]);
        state.bomb = false;
      }
      case "every" -> {
        state.period = Long.parseLong(words[1]);
        state.wakeAt = entry.at() + state.period;
        state.left = 3;
      }
      case "bomb" -> {
        state.wakeAt = Long.parseLong(words[1]);
        state.bomb = true;
      }
      case "poison" -> throw new IllegalStateException("poisoned, on purpose");
      default -> {}
    }
    return state;
  }

  @Override
  public Journal tick(Journal state, DeviceId key, long at, Emit out) {
    state.log.append("tick@").append(at).append(';');
    say(out, key, "tick@" + at);
    if (state.bomb) {
      throw new IllegalStateException("bomb, on purpose");
    }
    if (state.left > 1) {
      state.left--;
      state.wakeAt = at + state.period;
    } else {
      state.left = 0;
      state.wakeAt = NEVER;
    }
    return state;
  }

  private static void say(Emit out, DeviceId key, String text) {
    out.to(SAID, key, text);
    out.to(HEARD, key, text);
  }

  @Override
  public long wakeAt(Journal state) {
    return state.wakeAt;
  }

  @Override
  public Codec<Journal> codec() {
    return Texts.of(JournalStage::written, JournalStage::read);
  }

  private static String written(Journal journal) {
    return String.join(
        "\n",
        journal.log,
        journal.wakeAt + "",
        journal.period + "",
        journal.left + "",
        journal.bomb + "");
  }

  private static Journal read(String text) {
    String[] lines = text.split("\n", -1);
    Journal journal = new Journal();
    journal.log.append(lines[0]);
    journal.wakeAt = Long.parseLong(lines[1]);
    journal.period = Long.parseLong(lines[2]);
    journal.left = Integer.parseInt(lines[3]);
    journal.bomb = Boolean.parseBoolean(lines[4]);
    return journal;
  }
}
