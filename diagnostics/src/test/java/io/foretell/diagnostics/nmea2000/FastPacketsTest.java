package io.foretell.diagnostics.nmea2000;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FastPacketsTest {
  private static final int ID = 0x8DF80523;

  private final FastPackets packets = new FastPackets(8);
  private final List<byte[]> messages = new ArrayList<>();
  private long micros;

  @Property(tries = 300)
  void message_comes_back_whole_in_any_order_of_its_frames(
      @ForAll @Size(min = 1, max = 223) byte[] message, @ForAll long seed) {
    List<byte[]> frames = new ArrayList<>(FastPackets.frames(message, 5));
    Collections.shuffle(frames, new Random(seed));
    messages.clear();
    frames.forEach(this::frame);

    assertThat(messages).hasSize(1);
    assertThat(messages.get(0)).isEqualTo(message);
    assertThat(packets.openMessages()).isZero();
  }

  @Test
  void two_sequences_of_one_source_are_kept_apart() {
    List<byte[]> one = FastPackets.frames(new byte[20], 1);
    List<byte[]> two = FastPackets.frames(new byte[30], 2);
    for (int i = 0; i < two.size(); i++) {
      frame(two.get(i));
      if (i < one.size()) {
        frame(one.get(i));
      }
    }

    assertThat(messages).extracting(message -> message.length).containsExactly(20, 30);
  }

  @Test
  void what_goes_wrong_is_counted() {
    List<byte[]> frames = FastPackets.frames(new byte[20], 1);
    frame(frames.get(0));
    frame(frames.get(1));
    frame(frames.get(1));
    frame(frames.get(0));
    frame(new byte[] {0, (byte) 250, 0, 0, 0, 0, 0, 0});
    frame(new byte[] {1});
    micros += 10_000_000;
    frame(frames.get(2));
    for (int i = 0; i < 20; i++) {
      packets.frame(micros, "can" + i, ID, frames.get(0), 0, 8, messages::add);
    }

    assertThat(messages).isEmpty();
    assertThat(packets.count(FastPackets.Event.DUPLICATE)).isEqualTo(1);
    assertThat(packets.count(FastPackets.Event.ABANDONED)).isEqualTo(1);
    assertThat(packets.count(FastPackets.Event.MALFORMED)).isEqualTo(2);
    assertThat(packets.count(FastPackets.Event.TIMED_OUT)).isEqualTo(1);
    assertThat(packets.openMessages()).isEqualTo(8);
  }

  private void frame(byte[] frame) {
    packets.frame(micros += 1000, "can0", ID, frame, 0, frame.length, messages::add);
  }
}
