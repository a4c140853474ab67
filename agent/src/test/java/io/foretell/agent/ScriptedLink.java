package io.foretell.agent;

import io.foretell.proto.v1.DeviceCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** A link whose server is the test: it says when there is one, what is acknowledged, and when. */
public final class ScriptedLink implements Link {
  /** A message under way. */
  public record Sent(Message message, CompletableFuture<Ack> answer, int connection) {}

  public final List<Sent> underWay = new ArrayList<>();
  public final List<Message> all = new ArrayList<>();
  public boolean up = true;
  public boolean answersAtOnce;
  public boolean breaksWhileConnecting;
  public int connections;
  public int closed;
  public Consumer<DeviceCommand> commands = command -> {};
  public Runnable lost = () -> {};

  @Override
  public void connect(Consumer<DeviceCommand> commands, Runnable lost) {
    if (!up) {
      throw new LinkException("there is no server", false);
    }
    connections++;
    this.commands = commands;
    this.lost = lost;
    if (breaksWhileConnecting) {
      lost.run();
    }
  }

  @Override
  public CompletionStage<Ack> send(Message message) {
    all.add(message);
    if (answersAtOnce) {
      return CompletableFuture.completedFuture(Ack.STORED);
    }
    Sent sent = new Sent(message, new CompletableFuture<>(), connections);
    underWay.add(sent);
    return sent.answer();
  }

  /** Answers one message under way. */
  public Message answer(int index, Ack ack) {
    Sent sent = underWay.remove(index);
    sent.answer().complete(ack);
    return sent.message();
  }

  /** Messages under way on the present connection. */
  public long inFlight() {
    return underWay.stream().filter(sent -> sent.connection() == connections).count();
  }

  @Override
  public void close() {
    closed++;
  }
}
