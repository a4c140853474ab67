package io.foretell.diagnostics.dbc;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The messages of a DBC file by their identifiers. Made by {@link DbcParser}. */
public final class DbcFile {
  private static final int EXTENDED = 1 << 31;

  private final Map<Integer, DbcMessage> messages;
  private final Map<Integer, DbcMessage> groups = new HashMap<>();
  private final boolean j1939;
  private final List<DbcDefect> defects;

  DbcFile(LinkedHashMap<Integer, DbcMessage> messages, boolean j1939, List<DbcDefect> defects) {
    this.messages = Collections.unmodifiableMap(new LinkedHashMap<>(messages));
    this.j1939 = j1939;
    this.defects = List.copyOf(defects);
    for (DbcMessage message : messages.values()) {
      if ((message.id() & EXTENDED) != 0) {
        groups.putIfAbsent(group(message.id()), message);
      }
    }
  }

  /** The statements that could not be read, in the order of the file. */
  public List<DbcDefect> defects() {
    return defects;
  }

  /** Whether its attributes say that its 29-bit identifiers are those of SAE J1939. */
  public boolean j1939() {
    return j1939;
  }

  /** In the order of the file. */
  public Collection<DbcMessage> messages() {
    return messages.values();
  }

  /**
   * The message of an identifier; null where the file has none.
   *
   * @param id bit 31 set: 29 bits
   */
  public @Nullable DbcMessage message(int id) {
    return messages.get(id);
  }

  /**
   * The first message of the identifier's parameter group (SAE J1939-21 clause 5.1.2), whatever the
   * priority, the source and the destination; null where the file has none.
   *
   * @param id bit 31 set: 29 bits
   */
  public @Nullable DbcMessage messageOfGroup(int id) {
    return (id & EXTENDED) == 0 ? null : groups.get(group(id));
  }

  /** How many messages there are. */
  public int size() {
    return messages.size();
  }

  /** Below PDU format 240 the low byte is the destination. */
  private static int group(int id) {
    int group = id >>> 8 & 0x3FFFF;
    return (group >>> 8 & 0xFF) < 240 ? group & 0x3FF00 : group;
  }
}
