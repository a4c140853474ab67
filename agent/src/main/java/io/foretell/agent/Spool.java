package io.foretell.agent;

import java.util.List;

/**
 * Messages that the server has not acknowledged yet, oldest first. Not safe for several threads.
 */
public interface Spool extends AutoCloseable {
  /**
   * Keeps a message; where the spool is full, what matters least is given up for it, perhaps the
   * message itself.
   */
  Added add(Message message);

  /** Up to {@code limit} messages with a number above {@code after}, in order. */
  List<Kept> next(long after, int limit);

  /** The server has it; does nothing where it is not kept any more. */
  void done(long number);

  /** How many are kept. */
  int size();

  /** How many were given up because the spool was full. */
  long dropped();

  @Override
  void close();

  /** A message with its number. */
  record Kept(long number, Message message) {}

  /**
   * What came of adding a message.
   *
   * @param number the message's own; counts up
   * @param givenUp the numbers of what had to go for it
   */
  record Added(long number, List<Long> givenUp) {
    /** Copies the numbers. */
    public Added {
      givenUp = List.copyOf(givenUp);
    }
  }
}
