package io.foretell.agent;

import io.foretell.proto.v1.DeviceCommand;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * A way to the server: MQTT or CoAP. It may break at any time; the {@link Agent} then connects
 * again.
 */
public interface Link extends AutoCloseable {
  /**
   * Connects and listens for commands; blocks.
   *
   * @param commands called for each command, possibly again after a reconnection
   * @param lost called once when this connection is gone
   * @throws LinkException where there is no server, or it refuses the credentials
   */
  void connect(Consumer<DeviceCommand> commands, Runnable lost);

  /**
   * Sends a message; completes when the server has acknowledged, fails with {@link LinkException}.
   */
  CompletionStage<Ack> send(Message message);

  @Override
  void close();
}
