package io.foretell.gateway.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PacketGuardTest {
  /** What came out behind a guard. */
  private static final class Behind extends ChannelInboundHandlerAdapter {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    final List<ProtocolViolationException> violations = new ArrayList<>();

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf in = (ByteBuf) message;
      bytes.writeBytes(ByteBufUtil.getBytes(in));
      in.release();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof ProtocolViolationException violation) {
        violations.add(violation);
      }
    }
  }

  @Property(tries = 300)
  void packets_pass_whole_however_the_stream_is_cut(
      @ForAll @Size(min = 1, max = 20) List<@IntRange(min = 0, max = 400) Integer> payloads,
      @ForAll @Size(min = 1, max = 40) List<@IntRange(min = 1, max = 97) Integer> cuts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(ScriptedPeer.connectPacket(5, "dev", 2, 60, "u", "p"));
    for (int length : payloads) {
      all.writeBytes(ScriptedPeer.publish(5, "v1/telemetry", length % 3, 9, new byte[length]));
    }
    Behind behind = new Behind();
    EmbeddedChannel channel = new EmbeddedChannel(new PacketGuard(MqttLimits.defaults()), behind);
    byte[] stream = all.toByteArray();
    write(channel, stream, cuts);
    channel.finishAndReleaseAll();
    assertThat(behind.violations).isEmpty();
    assertThat(behind.bytes.toByteArray()).isEqualTo(stream);
  }

  @Property(tries = 300)
  void what_needs_no_decoding_is_handed_on_in_its_place(
      @ForAll @IntRange(min = 3, max = 5) int version,
      @ForAll @Size(min = 1, max = 20) List<@IntRange(min = 0, max = 400) Integer> payloads,
      @ForAll @Size(min = 1, max = 40) List<@IntRange(min = 1, max = 197) Integer> cuts,
      @ForAll @Size(min = 1, max = 7) List<Boolean> ready) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(ScriptedPeer.connectPacket(version, "dev", 2, 60, "u", "p"));
    for (int length : payloads) {
      String topic = length % 5 == 0 ? "v1/faults" : length % 7 == 0 ? "v1/ü" : "v1/telemetry";
      int id = length + 1;
      all.writeBytes(ScriptedPeer.publish(version, topic, length % 3, id, new byte[length]));
      if (length % 11 == 0) {
        all.writeBytes(new byte[] {(byte) 0xC0, 0});
      }
    }
    Behind behind = new Behind();
    PacketGuard guard = new PacketGuard(MqttLimits.defaults());
    Writing taker = new Writing(behind, version, ready);
    guard.handTo(taker);
    EmbeddedChannel channel = new EmbeddedChannel(guard, behind);
    write(channel, all.toByteArray(), cuts);
    channel.finishAndReleaseAll();
    assertThat(behind.violations).isEmpty();
    assertThat(behind.bytes.toByteArray()).isEqualTo(all.toByteArray());
  }

  @Test
  void second_message_of_a_topic_needs_no_decoding() {
    Behind behind = new Behind();
    PacketGuard guard = new PacketGuard(MqttLimits.defaults());
    Writing taker = new Writing(behind, 4, List.of(true));
    guard.handTo(taker);
    EmbeddedChannel channel = new EmbeddedChannel(guard, behind);
    byte[] good = ScriptedPeer.publish(4, "v1/telemetry", 1, 7, new byte[9]);
    byte[] bad = ScriptedPeer.publish(4, "v1/telemetry", 1, 0, new byte[9]);
    channel.writeInbound(Unpooled.wrappedBuffer(ScriptedPeer.connectPacket(4, "d", 2, 9, "", "")));
    for (byte[] packet : List.of(good, good, good, bad)) {
      channel.writeInbound(Unpooled.wrappedBuffer(packet));
    }
    channel.finishAndReleaseAll();
    assertThat(taker.taken).isEqualTo(2);
    assertThat(taker.reads).as("reads of which it had all").isEqualTo(2);
    assertThat(behind.violations).singleElement().extracting("code").isEqualTo(0x81);
  }

  private static void write(EmbeddedChannel channel, byte[] stream, List<Integer> cuts) {
    int at = 0;
    for (int i = 0; at < stream.length; i++) {
      int length = Math.min(cuts.get(i % cuts.size()), stream.length - at);
      channel.writeInbound(Unpooled.copiedBuffer(stream, at, length));
      at += length;
    }
  }

  /** Writes what it is handed as the packet it was, behind what came before. */
  private static final class Writing implements PacketGuard.Taker {
    private final Behind behind;
    private final int version;
    private final List<Boolean> ready;
    private int asked;
    private int taken;
    private int reads;

    Writing(Behind behind, int version, List<Boolean> ready) {
      this.behind = behind;
      this.version = version;
      this.ready = ready;
    }

    @Override
    public boolean ready(String topic) {
      return ready.get(asked++ % ready.size());
    }

    @Override
    public void take(String topic, int qos, int packetId, byte[] payload) {
      taken++;
      behind.bytes.writeBytes(ScriptedPeer.publish(version, topic, qos, packetId, payload));
    }

    @Override
    public void readComplete() {
      reads++;
    }
  }

  @Property(tries = 2000)
  void arbitrary_bytes_end_in_at_most_one_violation(@ForAll @Size(max = 60) byte[] noise) {
    Behind behind = new Behind();
    EmbeddedChannel channel = new EmbeddedChannel(new PacketGuard(MqttLimits.defaults()), behind);
    channel.writeInbound(Unpooled.wrappedBuffer(ScriptedPeer.connectPacket(5, "d", 2, 9, "", "")));
    channel.writeInbound(Unpooled.wrappedBuffer(noise));
    channel.finishAndReleaseAll();
    assertThat(behind.violations).hasSizeLessThanOrEqualTo(1);
  }

  @Property(tries = 2000)
  void whatever_the_guard_lets_through_the_decoder_can_read(
      @ForAll @IntRange(min = 3, max = 5) int version,
      @ForAll @IntRange(min = 0, max = 255) int first,
      @ForAll @Size(max = 24) byte[] body) {
    List<Object> decoded = new ArrayList<>();
    EmbeddedChannel channel =
        new EmbeddedChannel(
            new PacketGuard(MqttLimits.defaults()),
            new MqttDecoder(Integer.MAX_VALUE, Integer.MAX_VALUE),
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext ctx, Object message) {
                decoded.add(message);
              }
            });
    byte[] connect = ScriptedPeer.connectPacket(version, "d", 2, 9, "", "");
    channel.writeInbound(Unpooled.wrappedBuffer(connect));
    channel.writeInbound(Unpooled.wrappedBuffer(ScriptedPeer.packet(first, body)));
    channel.finishAndReleaseAll();
    assertThat(decoded)
        .allSatisfy(m -> assertThat(((MqttMessage) m).decoderResult().isSuccess()).isTrue());
    decoded.forEach(ReferenceCountUtil::release);
  }

  @ParameterizedTest
  @CsvSource({
    "C080, false", // overlong
    "E08080, false",
    "F08FBFBF, false",
    "F4908080, false", // above U+10FFFF
    "EDA080, false", // surrogates
    "EDBFBF, false",
    "FF, false",
    "80, false",
    "C3, false",
    "EFBFBF, false", // U+FFFF
    "EFB790, false", // U+FDD0
    "C285, false",
    "0A, false",
    "7F, false",
    "EFBBBF, true", // U+FEFF is kept [MQTT-1.5.4-3]
    "C3A4, true",
    "F0AA9B94, true",
  })
  void topic_names_are_well_formed_utf_8_without_controls(String hex, boolean good) {
    byte[] text = java.util.HexFormat.of().parseHex(hex);
    Behind behind = new Behind();
    EmbeddedChannel channel = new EmbeddedChannel(new PacketGuard(MqttLimits.defaults()), behind);
    channel.writeInbound(Unpooled.wrappedBuffer(ScriptedPeer.connectPacket(4, "d", 2, 9, "", "")));
    byte[] body = new byte[text.length + 2];
    body[1] = (byte) text.length;
    System.arraycopy(text, 0, body, 2, text.length);
    channel.writeInbound(Unpooled.wrappedBuffer(ScriptedPeer.packet(0x30, body)));
    channel.finishAndReleaseAll();
    assertThat(behind.violations.isEmpty()).isEqualTo(good);
  }

  @Test
  void packets_before_a_violation_still_pass() {
    Behind behind = new Behind();
    EmbeddedChannel channel = new EmbeddedChannel(new PacketGuard(MqttLimits.defaults()), behind);
    byte[] connect = ScriptedPeer.connectPacket(4, "d", 2, 9, "", "");
    byte[] publish =
        ScriptedPeer.publish(4, "v1/faults", 1, 1, "x".getBytes(StandardCharsets.UTF_8));
    byte[] all = Arrays.copyOf(connect, connect.length + publish.length + 2);
    System.arraycopy(publish, 0, all, connect.length, publish.length);
    channel.writeInbound(Unpooled.wrappedBuffer(all));
    channel.writeInbound(Unpooled.wrappedBuffer(publish));
    channel.finishAndReleaseAll();
    assertThat(behind.bytes.toByteArray()).isEqualTo(Arrays.copyOf(all, all.length - 2));
    assertThat(behind.violations).singleElement().extracting("code").isEqualTo(0x81);
  }
}
