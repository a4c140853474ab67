package io.foretell.gateway.http;

import io.foretell.gateway.Downlink;
import io.foretell.proto.Command;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;

/** One poll for commands: the first that comes ends it, with those that come right behind. */
final class CommandPoll implements Downlink.Receiver {
  /** How many commands one answer carries at most. */
  static final int MOST = 32;

  /** Milliseconds in which the rest of what waited comes behind the first. */
  private static final long GATHER = 10;

  private final Vertx vertx;
  private final Context context;
  private final List<Command> commands = new ArrayList<>();
  private final Promise<List<Command>> answer = Promise.promise();
  private boolean ended;

  CommandPoll(Vertx vertx) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
  }

  /** What came, perhaps nothing; or the failure that ended it. */
  Future<List<Command>> answer() {
    return answer.future();
  }

  @Override
  public boolean deliver(Command command) {
    boolean first;
    synchronized (this) {
      if (ended || commands.size() >= MOST) {
        return false;
      }
      first = commands.isEmpty();
      commands.add(command);
    }
    if (first) {
      context.runOnContext(now -> vertx.setTimer(GATHER, timer -> end()));
    }
    return true;
  }

  /** Ends the poll with what came until now. */
  void end() {
    List<Command> came;
    synchronized (this) {
      ended = true;
      came = List.copyOf(commands);
    }
    answer.tryComplete(came);
  }

  void fail(Throwable failure) {
    synchronized (this) {
      ended = true;
    }
    answer.tryFail(failure);
  }
}
