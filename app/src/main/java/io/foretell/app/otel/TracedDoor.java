package io.foretell.app.otel;

import io.foretell.gateway.Door;
import io.foretell.gateway.Route;
import io.foretell.proto.Delivery;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Position;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The door, with the span of the receipt of each sampled uplink, and a note of when any was on disk
 * for the traces of findings.
 */
final class TracedDoor implements Door {
  private final Door door;
  private final Journal journal;
  private final UplinkSpans spans;
  private final InstantSource clock;

  TracedDoor(Door door, Journal journal, UplinkSpans spans, InstantSource clock) {
    this.door = door;
    this.journal = journal;
    this.spans = spans;
    this.clock = clock;
  }

  @Override
  public CompletionStage<Receipt> take(
      DeviceId speaker, String path, String contentType, String via, byte[] payload) {
    Instant begun = clock.instant();
    return door.take(speaker, path, contentType, via, payload)
        .thenApply(receipt -> noted(receipt, speaker, path, via, payload.length, begun));
  }

  @Override
  public CompletionStage<Receipt> take(
      DeviceId speaker,
      String path,
      String contentType,
      String via,
      byte[] payload,
      Delivery delivery) {
    Instant begun = clock.instant();
    return door.take(speaker, path, contentType, via, payload, delivery)
        .thenApply(receipt -> noted(receipt, speaker, path, via, payload.length, begun));
  }

  private Receipt noted(
      Receipt receipt, DeviceId speaker, String path, String via, int size, Instant begun) {
    if (receipt instanceof Receipt.Stored stored) {
      Position position = stored.position();
      Instant durable = clock.instant();
      journal.durable(position, durable);
      Route.parse(path)
          .ifPresent(
              route -> {
                DeviceId device =
                    route.child().map(c -> new DeviceId(speaker.tenant(), c)).orElse(speaker);
                String trace = TraceIds.ofUplink(device, position);
                if (spans.sampled(trace)) {
                  UplinkSpans.Received how =
                      new UplinkSpans.Received(device, route.kind(), via, size, begun);
                  spans.receive(trace, how, durable, Optional.empty());
                }
              });
    }
    return receipt;
  }

  @Override
  public long rest(DeviceId speaker) {
    return door.rest(speaker);
  }

  @Override
  public boolean pressed() {
    return door.pressed();
  }

  @Override
  public void onRelief(Runnable listener) {
    door.onRelief(listener);
  }
}
