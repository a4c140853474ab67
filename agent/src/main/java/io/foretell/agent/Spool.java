package io.foretell.agent;

import java.util.List;

/**
 * Messages that the server has not acknowledged yet, oldest first. Not safe for several threads.
 */
public interface Spool extends AutoCloseable {
  /** Keeps a message; returns its number, which counts up. */
  long add(Message message);

  /** Up to {@code limit} messages with a number above {@code after}, in order. */
  List<Kept> next(long after, int limit);

  /** The server has it. */
  void done(long number);

  /** How many are kept. */
  int size();

  /** How many were given up because the spool was full. */
  long dropped();

  @Override
  void close();

  /** A message with its number. */
  record Kept(long number, Message message) {}
}
