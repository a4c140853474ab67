package io.foretell.diagnostics.j1939;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.proto.ReasonCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TransportTest {
  private static final int PGN = 65226;

  private final J1939Memory memory = new J1939Memory(TransportLimits.LOG);
  private final Transport transport = new Transport(pgn -> true);
  private final List<byte[]> messages = new ArrayList<>();
  private final List<TransportKind> kinds = new ArrayList<>();
  private long micros = 1_000_000;

  /** A frame: identifier and eight bytes. */
  private record Frame(int id, byte[] data) {}

  @Property(tries = 300)
  void message_cut_into_packets_comes_back_whole(
      @ForAll @Size(min = 9, max = 1785) byte[] message, @ForAll boolean broadcast) {
    send("can0", packets(message, 0x21, broadcast ? 255 : 0x0B));

    assertThat(messages.get(messages.size() - 1)).isEqualTo(message);
    assertThat(memory.openSessions()).isZero();
    assertThat(memory.heldBytes()).isZero();
  }

  @Property(tries = 40)
  void extended_message_comes_back_whole(
      @ForAll @IntRange(min = 1786, max = 9000) int size, @ForAll long seed) {
    byte[] message = new byte[size];
    new Random(seed).nextBytes(message);
    send("can0", extended(message, 0x21, 0x0B, 40));

    assertThat(messages.get(messages.size() - 1)).isEqualTo(message);
    assertThat(kinds.get(kinds.size() - 1)).isEqualTo(TransportKind.ETP);
    assertThat(memory.heldBytes()).isZero();
  }

  @Property(tries = 60)
  void interleaved_sessions_of_many_sources_and_buses_are_kept_apart(@ForAll long seed) {
    Random random = new Random(seed);
    List<List<Frame>> queues = new ArrayList<>();
    List<String> buses = new ArrayList<>();
    int sessions = 12;
    for (int i = 0; i < sessions; i++) {
      byte[] message = new byte[9 + random.nextInt(200)];
      Arrays.fill(message, (byte) i);
      queues.add(new ArrayList<>(packets(message, i / 2, i % 3 == 0 ? 255 : 0x80 + i)));
      buses.add("can" + i % 2);
    }
    messages.clear();
    while (queues.stream().anyMatch(queue -> !queue.isEmpty())) {
      int i = random.nextInt(sessions);
      if (!queues.get(i).isEmpty()) {
        send(buses.get(i), List.of(queues.get(i).remove(0)));
      }
    }

    assertThat(messages).hasSize(sessions);
    assertThat(messages).allSatisfy(message -> assertThat(message).containsOnly(message[0]));
    assertThat(messages.stream().map(message -> message[0])).doesNotHaveDuplicates();
  }

  @Test
  void extended_data_packet_offset_that_skips_drops_the_message() {
    List<Frame> frames = new ArrayList<>(extended(new byte[2000], 0x21, 0x0B, 100));
    frames.remove(50);
    send("can0", frames);

    assertThat(messages).isEmpty();
    assertThat(memory.count(TransportEvent.OUT_OF_ORDER)).isEqualTo(1);
  }

  @Test
  void extended_announcement_beyond_the_limit_is_refused_without_memory() {
    byte[] rts = {20, -1, -1, -1, 0x7F, (byte) 0xCA, (byte) 0xFE, 0};
    send("can0", List.of(new Frame(0x98C80B21, rts)));

    assertThat(memory.count(TransportEvent.TOO_LARGE)).isEqualTo(1);
    assertThat(memory.heldBytes()).isZero();
    assertThat(TransportEvent.TOO_LARGE.reason()).isEqualTo(ReasonCode.TOO_LARGE);
  }

  @Test
  void flood_of_announcements_costs_no_message_that_is_under_way() {
    J1939Memory small = new J1939Memory();
    byte[] message = new byte[100];
    Arrays.fill(message, (byte) 7);
    List<Frame> frames = packets(message, 0x21, 0x0B);
    int flood = 0;
    for (Frame frame : frames) {
      transport.frame(small, micros++, "can0", frame.id(), frame.data(), 0, 8, this::message);
      for (int i = 0; i < 100; i++) {
        byte[] rts = {16, (byte) 0xF9, 6, (byte) 255, (byte) 255, (byte) 0xCA, (byte) 0xFE, 0};
        int id = 0x98EC0000 | flood % 250 << 8 | 0xF0 + flood / 250 % 4;
        transport.frame(small, micros++, "can0", id, rts, 0, 8, this::message);
        flood++;
      }
    }

    assertThat(messages).hasSize(1);
    assertThat(messages.get(0)).isEqualTo(message);
    assertThat(small.openSessions()).isLessThanOrEqualTo(TransportLimits.DEVICE.sessions());
    assertThat(small.heldBytes()).isLessThanOrEqualTo(TransportLimits.DEVICE.allBytes());
    assertThat(small.count(TransportEvent.EVICTED)).isPositive();
  }

  @Test
  void silence_longer_than_the_standard_allows_drops_the_message() {
    J1939Memory device = new J1939Memory();
    for (Frame frame : packets(new byte[20], 0x21, 255)) {
      transport.frame(
          device, micros += 2_600_000, "can0", frame.id(), frame.data(), 0, 8, this::message);
    }

    assertThat(messages).isEmpty();
    assertThat(device.count(TransportEvent.TIMED_OUT)).isEqualTo(1);
    assertThat(device.count(TransportEvent.ORPHAN)).isEqualTo(2);
  }

  @Test
  void last_packet_may_come_without_its_padding_and_no_other() {
    List<Frame> frames = packets(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, 0x21, 255);
    send("can0", frames.subList(0, 2));
    transport.frame(
        memory, micros, "can0", frames.get(2).id(), frames.get(2).data(), 0, 3, this::message);
    send("can0", frames.subList(0, 1));
    transport.frame(
        memory, micros, "can0", frames.get(1).id(), frames.get(1).data(), 0, 5, this::message);

    assertThat(messages).hasSize(1);
    assertThat(messages.get(0)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(memory.count(TransportEvent.MALFORMED)).isEqualTo(1);
  }

  @Test
  void announcement_whose_packets_do_not_fit_its_size_is_malformed() {
    byte[] bam = {32, 20, 0, 9, -1, (byte) 0xCA, (byte) 0xFE, 0};
    send("can0", List.of(new Frame(0x98ECFF21, bam)));

    assertThat(memory.count(TransportEvent.MALFORMED)).isEqualTo(1);
    assertThat(memory.openSessions()).isZero();
  }

  @Test
  void clear_to_send_of_no_packets_holds_the_message_whatever_comes_next() {
    byte[] message = new byte[30];
    Arrays.fill(message, (byte) 7);
    List<Frame> frames = new ArrayList<>(packets(message, 0x21, 0x0B));
    frames.add(3, control(0x0B, 0x21, new byte[] {17, 0, 1, -1, -1}, PGN));
    send("can0", frames);

    assertThat(messages).containsExactly(message);
  }

  @Test
  void abort_between_two_units_ends_the_message_whose_group_it_names() {
    List<Frame> there = new ArrayList<>(packets(new byte[20], 0x21, 0x0B));
    List<Frame> back = packets(new byte[30], 0x0B, 0x21);
    there.set(0, control(0x21, 0x0B, new byte[] {16, 20, 0, 3, -1}, 65227));
    send("can0", List.of(there.get(0), back.get(0), there.get(1), back.get(1)));
    send("can0", List.of(control(0x0B, 0x21, new byte[] {-1, 3, -1, -1, -1}, 65227)));
    send("can0", there.subList(2, there.size()));
    send("can0", back.subList(2, back.size()));

    assertThat(messages).containsExactly(new byte[30]);
  }

  private static Frame control(int sa, int da, byte[] head, int group) {
    byte[] frame = Arrays.copyOf(head, 8);
    for (int i = 0; i < 3; i++) {
      frame[5 + i] = (byte) (group >> 8 * i);
    }
    return new Frame(0x98EC0000 | da << 8 | sa, frame);
  }

  private void message(
      long at, String bus, int sa, int da, int pgn, TransportKind kind, byte[] data, int length) {
    assertThat(pgn).isEqualTo(PGN);
    messages.add(Arrays.copyOf(data, length));
    kinds.add(kind);
  }

  private void send(String bus, List<Frame> frames) {
    for (Frame frame : frames) {
      transport.frame(memory, micros += 1000, bus, frame.id(), frame.data(), 0, 8, this::message);
    }
  }

  private static List<Frame> packets(byte[] message, int sa, int da) {
    List<Frame> frames = new ArrayList<>();
    int packets = (message.length + 6) / 7;
    byte[] announce = new byte[8];
    announce[0] = (byte) (da == 255 ? 32 : 16);
    announce[1] = (byte) message.length;
    announce[2] = (byte) (message.length >> 8);
    announce[3] = (byte) packets;
    announce[4] = (byte) 255;
    pgn(announce);
    frames.add(new Frame(0x98EC0000 | da << 8 | sa, announce));
    for (int i = 0; i < packets; i++) {
      frames.add(new Frame(0x98EB0000 | da << 8 | sa, packet(message, i, i + 1)));
    }
    return frames;
  }

  private static List<Frame> extended(byte[] message, int sa, int da, int window) {
    List<Frame> frames = new ArrayList<>();
    byte[] rts = new byte[8];
    rts[0] = 20;
    for (int i = 0; i < 4; i++) {
      rts[1 + i] = (byte) (message.length >>> 8 * i);
    }
    pgn(rts);
    frames.add(new Frame(0x98C80000 | da << 8 | sa, rts));
    int packets = (message.length + 6) / 7;
    for (int i = 0; i < packets; i++) {
      if (i % window == 0) {
        byte[] offset = new byte[8];
        offset[0] = 22;
        offset[1] = (byte) Math.min(window, packets - i);
        offset[2] = (byte) i;
        offset[3] = (byte) (i >> 8);
        offset[4] = (byte) (i >> 16);
        pgn(offset);
        frames.add(new Frame(0x98C80000 | da << 8 | sa, offset));
      }
      frames.add(new Frame(0x98C70000 | da << 8 | sa, packet(message, i, i % window + 1)));
    }
    return frames;
  }

  private static byte[] packet(byte[] message, int index, int sequence) {
    byte[] packet = new byte[8];
    Arrays.fill(packet, (byte) 0xFF);
    packet[0] = (byte) sequence;
    int from = index * 7;
    System.arraycopy(message, from, packet, 1, Math.min(7, message.length - from));
    return packet;
  }

  private static void pgn(byte[] frame) {
    frame[5] = (byte) PGN;
    frame[6] = (byte) (PGN >> 8);
    frame[7] = (byte) (PGN >> 16);
  }
}
