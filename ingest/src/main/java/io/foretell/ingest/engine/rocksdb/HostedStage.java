package io.foretell.ingest.engine.rocksdb;

import io.foretell.proto.Stage;
import io.foretell.proto.Topic;

/** A stage under its name. */
final class HostedStage<S, I> {
  private final String name;
  private final Topic<I> from;
  private final Stage<S, I> stage;
  private volatile int id = -1;

  HostedStage(String name, Topic<I> from, Stage<S, I> stage) {
    this.name = name;
    this.from = from;
    this.stage = stage;
  }

  String name() {
    return name;
  }

  Topic<I> from() {
    return from;
  }

  Stage<S, I> stage() {
    return stage;
  }

  /** The number that stands for the name in keys. */
  int id() {
    if (id < 0) {
      throw new IllegalStateException("the engine is not started");
    }
    return id;
  }

  void numbered(int number) {
    id = number;
  }
}
