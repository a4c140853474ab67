package io.foretell.gateway.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * Fuzzing of what a stranger or a device sends over MQTT. Without {@code JAZZER_FUZZ=1} each target
 * runs over its kept inputs; with it, for the time that is given: {@code JAZZER_FUZZ=1 ./mvnw -pl
 * gateway -am test -Dtest=MqttFuzzTest#session}.
 */
class MqttFuzzTest {
  private static final String LONG = "30m";

  /**
   * A stream through guard and decoder. The first byte says where it is cut. However it is, the
   * same packets come out behind the guard, the decoder can read each, and at the first violation
   * it ends.
   */
  @FuzzTest(maxDuration = LONG)
  void packets(byte[] data) {
    if (data.length > 1) {
      byte[] stream = Arrays.copyOfRange(data, 1, data.length);
      String whole = read(stream, stream.length);
      check(whole.equals(read(stream, 1 + (data[0] & 0x3F))), "another reading when cut");
    }
  }

  /**
   * Two connections of one client, one after the other, as far as the pipeline goes on a socket.
   * The first byte says version and cuts, the second how much of the rest the first connection
   * gets; a CONNECT is put before each, unless the highest bit is set.
   */
  @FuzzTest(maxDuration = LONG)
  void session(byte[] data) {
    if (data.length > 2) {
      Script script = Script.of(data);
      try (MqttBench bench = new MqttBench();
          MqttBench again = new MqttBench()) {
        String answer = script.play(bench);
        check(answer.equals(script.play(again)), "another answer than before");
      }
    }
  }

  /** The same bytes as WebSocket frames, and bytes that are meant to be such. */
  @FuzzTest(maxDuration = LONG)
  void webSocket(byte[] data) {
    if (data.length < 3) {
      return;
    }
    if ((data[0] & 0x40) != 0) {
      try (MqttBench bench = new MqttBench()) {
        bench.overWebSocket();
        bench.send(Arrays.copyOfRange(data, 1, data.length), 1 + (data[0] & 0x3F));
        bench.hangUp();
      }
      return;
    }
    Script script = Script.of(data);
    try (MqttBench direct = new MqttBench();
        MqttBench framed = new MqttBench()) {
      script.play(direct);
      framed.framing(5 + (data[1] & 0x1F));
      script.play(framed);
      check(direct.taken().equals(framed.taken()), "other messages over WebSocket");
    }
  }

  private static String read(byte[] stream, int cut) {
    StringBuilder told = new StringBuilder();
    EmbeddedChannel channel =
        new EmbeddedChannel(
            new PacketGuard(MqttLimits.defaults()),
            new MqttDecoder(Integer.MAX_VALUE, Integer.MAX_VALUE),
            new Told(told));
    for (int at = 0; at < stream.length; at += cut) {
      int length = Math.min(cut, stream.length - at);
      channel.writeInbound(Unpooled.copiedBuffer(stream, at, length));
    }
    channel.finishAndReleaseAll();
    return told.toString();
  }

  static void check(boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException(what);
    }
  }

  /** Writes down what comes out of the decoder. */
  private static final class Told extends ChannelInboundHandlerAdapter {
    private final StringBuilder told;
    private boolean over;

    Told(StringBuilder told) {
      this.told = told;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      MqttMessage mqtt = (MqttMessage) message;
      check(!over, "a packet after the violation");
      check(mqtt.decoderResult().isSuccess(), "unreadable: " + mqtt.decoderResult());
      told.append(mqtt.fixedHeader()).append('\n');
      ReferenceCountUtil.release(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof ProtocolViolationException violation) {
        check(!over, "a second violation");
        over = true;
        told.append(violation.code()).append(violation.clause());
      }
    }
  }

  /** What a client sends on its two connections. */
  private record Script(int cut, byte[] first, byte[] second) {
    static Script of(byte[] data) {
      int version = 3 + (data[0] & 3) % 3;
      int split = 2 + (data[1] & 0xFF) * (data.length - 2) / 255;
      boolean bare = data[0] < 0;
      return new Script(
          1 + (data[0] >> 2 & 15) * 7,
          greeted(bare, version, Arrays.copyOfRange(data, 2, split)),
          greeted(bare, version, Arrays.copyOfRange(data, split, data.length)));
    }

    /** Keep-alive 60, no clean start, in MQTT 5 a session of an hour. */
    private static byte[] greeted(boolean bare, int version, byte[] rest) {
      ByteArrayOutputStream stream = new ByteArrayOutputStream();
      if (!bare) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] name = (version == 3 ? "\0\6MQIsdp" : "\0\4MQTT").getBytes(UTF_8);
        body.writeBytes(name);
        body.writeBytes(new byte[] {(byte) version, 0, 0, 60});
        if (version == 5) {
          body.writeBytes(new byte[] {5, 0x11, 0, 0, 0x0E, 0x10});
        }
        body.writeBytes(new byte[] {0, 1, 'd'});
        stream.writeBytes(ScriptedPeer.packet(0x10, body.toByteArray()));
      }
      stream.writeBytes(rest);
      return stream.toByteArray();
    }

    String play(MqttBench bench) {
      bench.connect();
      bench.send(first, cut);
      bench.hangUp();
      bench.connect();
      bench.send(second, cut);
      bench.hangUp();
      return bench.answer();
    }
  }
}
