package io.foretell.diagnostics.dbc;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The messages of a DBC file by their identifiers. Made by {@link DbcParser}. */
public final class DbcFile {
  private final Map<Integer, DbcMessage> messages;
  private final List<String> passedOver;

  DbcFile(Map<Integer, DbcMessage> messages, List<String> passedOver) {
    this.messages = Map.copyOf(messages);
    this.passedOver = List.copyOf(passedOver);
  }

  /** The messages and signals that could not be read, as they stand in the file. */
  public List<String> passedOver() {
    return passedOver;
  }

  /**
   * The message of an identifier; null where the file has none.
   *
   * @param id bit 31 set: 29 bits
   */
  public @Nullable DbcMessage message(int id) {
    return messages.get(id);
  }

  /** How many messages there are. */
  public int size() {
    return messages.size();
  }
}
