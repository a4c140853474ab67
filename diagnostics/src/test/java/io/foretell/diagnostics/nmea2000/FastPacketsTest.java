package io.foretell.diagnostics.nmea2000;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
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
  void message_comes_back_whole(@ForAll @Size(min = 1, max = 223) byte[] message) {
    messages.clear();
    FastPackets.frames(message, 5).forEach(this::frame);

    assertThat(messages).hasSize(1);
    assertThat(messages.get(0)).isEqualTo(message);
    assertThat(packets.openMessages()).isZero();
  }

  /**
   * A sequence counter is used again after eight messages, or at once by units that never count.
   */
  @Property(tries = 300)
  void lost_frames_never_make_a_message_of_two(
      @ForAll @Size(min = 2, max = 30) List<@Size(min = 7, max = 100) byte[]> sent,
      @ForAll boolean counts,
      @ForAll long seed) {
    Random random = new Random(seed);
    List<byte[]> whole = new ArrayList<>();
    FastPackets fresh = new FastPackets(8);
    boolean lossy = true;
    messages.clear();
    for (int i = 0; i < sent.size(); i++) {
      List<byte[]> frames = new ArrayList<>(FastPackets.frames(sent.get(i), counts ? i % 8 : 0));
      lossy = !lossy && random.nextBoolean();
      if (lossy) {
        frames.remove(random.nextInt(frames.size()));
      } else {
        whole.add(sent.get(i));
      }
      // No time passes: a log without times has none.
      frames.forEach(frame -> fresh.frame(0, "can0", ID, frame, 0, frame.length, messages::add));
    }

    assertThat(messages).containsExactlyElementsOf(whole);
  }

  @Test
  void frame_that_is_too_short_in_the_middle_ends_its_message() {
    List<byte[]> frames = FastPackets.frames(new byte[20], 1);
    frame(frames.get(0));
    frame(Arrays.copyOf(frames.get(1), 4));
    frame(frames.get(2));

    assertThat(messages).isEmpty();
    assertThat(packets.count(FastPackets.Event.MALFORMED)).isEqualTo(1);
    assertThat(packets.count(FastPackets.Event.OUT_OF_ORDER)).isEqualTo(1);
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
