package io.foretell.bench.server;

import java.util.Optional;

/** An MQTT server under load, in a process of its own. */
public interface Server extends AutoCloseable {
  /** What the table calls it. */
  String name();

  /** Its MQTT port on loopback. */
  int port();

  /** Process id. */
  long pid();

  /** CPU time since its start, seconds. */
  double cpuSeconds();

  /** The part of it that compiling took, where it is a JVM, seconds. */
  double compilerSeconds();

  /** Resident memory, KiB. */
  long residentKib();

  /** CPU time of those that it needs beside itself, seconds; 0 where there are none. */
  double besideSeconds();

  /**
   * Waits until everything acknowledged is also done with.
   *
   * @return when it was, by {@link System#nanoTime()}
   */
  long settle();

  /** How many messages it says it has in the end; empty where it cannot say. */
  Optional<Count> count();

  /**
   * What a server has counted since its data was made.
   *
   * @param holds whether its own books balance
   */
  record Count(long acknowledged, long stored, long rejected, boolean holds) {}

  @Override
  void close();
}
