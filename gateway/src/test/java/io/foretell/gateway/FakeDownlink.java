package io.foretell.gateway;

import io.foretell.proto.Command;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.Sink;
import io.foretell.proto.Telemetry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;

/** A downlink that keeps every command and sends it at each listening. */
public final class FakeDownlink implements Downlink {
  private final Map<DeviceId, List<Command>> queued = new ConcurrentHashMap<>();
  private final Map<DeviceId, Receiver> receivers = new ConcurrentHashMap<>();

  /** Who began to listen. */
  public final LinkedBlockingQueue<DeviceId> listened = new LinkedBlockingQueue<>();

  /** Who stopped. */
  public final LinkedBlockingQueue<DeviceId> stopped = new LinkedBlockingQueue<>();

  /** Queues a command, and sends it where the device listens. */
  public synchronized boolean issue(DeviceId device, Command command) {
    queued.computeIfAbsent(device, d -> new ArrayList<>()).add(command);
    Receiver receiver = receivers.get(device);
    return receiver != null && receiver.deliver(command);
  }

  @Override
  public synchronized Registration listen(DeviceId device, Receiver receiver) {
    receivers.put(device, receiver);
    queued.getOrDefault(device, List.of()).forEach(receiver::deliver);
    listened.add(device);
    return () -> {
      receivers.remove(device, receiver);
      stopped.add(device);
    };
  }

  @Override
  public synchronized List<Tracked> pending(DeviceId device) {
    return queued.getOrDefault(device, List.of()).stream()
        .map(command -> new Tracked(device, command, State.QUEUED, 0, ""))
        .toList();
  }

  @Override
  public List<Tracked> recent(DeviceId device, int limit) {
    return List.of();
  }

  @Override
  public Sink<Telemetry> replies() {
    throw new UnsupportedOperationException("not in this test");
  }

  @Override
  public CompletionStage<?> write(List<Entry<Command>> batch) {
    throw new UnsupportedOperationException("not in this test");
  }
}
