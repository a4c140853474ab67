package io.foretell.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.proto.Delivery;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Reject;
import io.foretell.proto.UplinkKind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

final class DeliveriesTest {
  private static final long SESSION = 77;

  @Test
  void message_repeatedAfterItsIdentifierWasForgotten_isStoredOnce() {
    Bench bench = new Bench();
    bench.send(UplinkKind.TELEMETRY, "{\"a\":1}", new Delivery(SESSION, 5, 11, 10, false));
    bench.send(UplinkKind.TELEMETRY, "{\"a\":1}", new Delivery(SESSION, 5, 11, 10, true));
    assertThat(bench.samples()).containsExactly("a@0=1.0");
    assertThat(bench.rejects)
        .extracting(Reject::reason)
        .containsExactly(ReasonCode.DUPLICATE_SEQUENCE);
  }

  @Test
  void message_underAnIdentifierThatWasReleased_isAnotherOne() {
    Bench bench = new Bench();
    bench.send(UplinkKind.TELEMETRY, "{\"a\":1}", new Delivery(SESSION, 5, 11, 10, false));
    bench.send(UplinkKind.TELEMETRY, "{\"a\":2}", new Delivery(SESSION, 5, 12, 11, true));
    bench.send(UplinkKind.TELEMETRY, "{\"a\":3}", new Delivery(SESSION + 1, 5, 12, 11, true));
    bench.send(UplinkKind.TELEMETRY, "{\"a\":4}", new Delivery(SESSION, 5, 12, 11, false));
    assertThat(bench.samples()).containsExactly("a@0=1.0", "a@0=2.0", "a@0=3.0", "a@0=4.0");
    assertThat(bench.rejects).isEmpty();
  }

  @Test
  void message_thatWasRejected_isNoRepetitionWhenItComesAgain() {
    Bench bench = new Bench();
    bench.send(UplinkKind.TELEMETRY, "{\"a\":", new Delivery(SESSION, 5, 1, 0, false));
    bench.send(UplinkKind.TELEMETRY, "{\"a\":1}", new Delivery(SESSION, 5, 1, 0, true));
    assertThat(bench.samples()).containsExactly("a@0=1.0");
  }

  /**
   * A session with a gateway that is killed at random moments: it loses what it had not kept, the
   * client repeats in order what was not answered, and everything is stored once.
   */
  @Property(tries = 300)
  void everyMessage_isStoredOnce_whereverTheGatewayIsKilled(@ForAll long seed) {
    Random random = new Random(seed);
    Deliveries deliveries = new Deliveries();
    List<Integer> waiting = new ArrayList<>();
    int[] stored = new int[200];
    int sent = 0;
    long noted = 0;
    while (sent < stored.length) {
      // what is under way is repeated, then something new is sent, as far as this life goes
      List<Integer> now = new ArrayList<>(waiting);
      for (int i = random.nextInt(4); i > 0 && sent < stored.length && waiting.size() < 16; i--) {
        waiting.add(sent);
        now.add(sent++);
      }
      int appended = random.nextInt(now.size() + 1);
      long number = noted;
      for (int message : now.subList(0, appended)) {
        int packetId = 1 + message % 16;
        Delivery delivery = new Delivery(SESSION, packetId, ++number, noted, true);
        if (!deliveries.stored(delivery)) {
          deliveries.store(delivery);
          stored[message]++;
        }
      }
      int answered = random.nextInt(appended + 1);
      for (int message : now.subList(0, answered)) {
        noted++;
        waiting.remove((Integer) message);
      }
      byte[] bytes = deliveries.bytes();
      deliveries = Deliveries.read(ByteBuffer.wrap(bytes));
    }
    for (int message = 0; message < sent; message++) {
      assertThat(stored[message]).as("message %d", message).isLessThanOrEqualTo(1);
      assertThat(waiting.contains(message) || stored[message] == 1).as("%d", message).isTrue();
    }
  }
}
