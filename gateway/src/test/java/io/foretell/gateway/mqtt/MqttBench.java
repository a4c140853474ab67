package io.foretell.gateway.mqtt;

import static io.foretell.gateway.mqtt.MqttFuzzTest.check;

import io.foretell.gateway.DoorLimits;
import io.foretell.gateway.FakeDownlink;
import io.foretell.gateway.FakeIdentities;
import io.foretell.gateway.HeldLane;
import io.foretell.gateway.LaneDoor;
import io.foretell.gateway.fixture.FakePresence;
import io.foretell.proto.Command;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Reject;
import io.foretell.proto.Uplink;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The pipeline of a client's socket without the socket: guard, decoder and connection, over a real
 * door whose lanes are durable at once. All runs on the caller's thread and at one moment, so the
 * same bytes have the same answer.
 */
final class MqttBench implements AutoCloseable {
  private static final long NOW = 1_795_308_448_257L;

  /** What an answer may be longer than its question, for each packet: reason strings. */
  private static final int TALK = 1_024;

  private final HeldLane<Uplink> uplinks = new HeldLane<>("uplink");
  private final HeldLane<Reject> rejects = new HeldLane<>("rejects");
  private final Services services;
  private final StringBuilder answer = new StringBuilder();
  private @Nullable EmbeddedChannel channel;
  private int framing;
  private boolean webSocket;
  private int connections;
  private long came;
  private long acknowledged;
  private long violations;

  MqttBench() {
    InstantSource clock = InstantSource.fixed(Instant.ofEpochMilli(NOW));
    FakeIdentities identities = new FakeIdentities().sandbox();
    FakePresence presence = new FakePresence();
    FakeDownlink downlink = new FakeDownlink();
    DeviceId device = new DeviceId("sandbox", "d");
    downlink.issue(
        device, new Command("c1", "reboot", "{}", NOW, NOW + 1000, List.of(), "user:anna"));
    MqttLimits limits = MqttLimits.defaults();
    services =
        new Services(
            new LaneDoor(uplinks, rejects, identities, presence, DoorLimits.defaults(), clock),
            identities,
            downlink,
            presence,
            clock,
            limits,
            new Sessions(limits, clock, Optional.empty(), Optional.empty()),
            new Services.Counters());
  }

  /** From now on what is sent goes in binary frames of that many bytes. */
  void framing(int bytes) {
    framing = bytes;
  }

  void connect() {
    EmbeddedChannel next = new Loopback();
    PacketGuard guard = new PacketGuard(services.limits());
    ChannelPipeline pipeline = next.pipeline();
    pipeline.addLast("last", new ChannelInboundHandlerAdapter());
    pipeline.addBefore("last", "guard", guard);
    pipeline.addBefore("last", "decoder", new MqttDecoder(Integer.MAX_VALUE, Integer.MAX_VALUE));
    pipeline.addBefore("last", "encoder", MqttEncoder.INSTANCE);
    Connection connection =
        new Connection(
            "mqtt-" + ++connections,
            services,
            AT_ONCE,
            new AckLoop(next.eventLoop()),
            guard,
            pipeline.context("last"),
            true);
    pipeline.addBefore("last", "connection", connection);
    if (framing > 0) {
      WebSocketFrames.addBefore(pipeline, "guard", services.limits().maxFirstPacket());
    }
    webSocket = framing > 0;
    channel = next;
  }

  /** Connects over WebSocket; what is sent is taken for frames as it is. */
  void overWebSocket() {
    framing = 1;
    connect();
    framing = 0;
  }

  /** Sends bytes, so many a read. */
  void send(byte[] stream, int cut) {
    byte[] bytes = framing > 0 ? framed(stream) : stream;
    EmbeddedChannel here = open();
    for (int at = 0; at < bytes.length && here.isOpen(); at += cut) {
      int length = Math.min(cut, bytes.length - at);
      came += length;
      here.pipeline().fireChannelRead(Unpooled.copiedBuffer(bytes, at, length));
      here.pipeline().fireChannelReadComplete();
      here.runPendingTasks();
    }
    try {
      here.checkException();
    } catch (CorruptedWebSocketFrameException e) {
      check(!here.isOpen(), "open after a broken frame");
    }
  }

  private byte[] framed(byte[] stream) {
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    for (int at = 0; at < stream.length; at += framing) {
      int length = Math.min(framing, stream.length - at);
      frames.write(0x82);
      frames.write(0x80 | length);
      frames.writeBytes(new byte[4]); // a mask that changes nothing
      frames.write(stream, at, length);
    }
    return frames.toByteArray();
  }

  /** The client's socket closes; what the server has sent until then is judged. */
  void hangUp() {
    EmbeddedChannel here = open();
    boolean violated = services.counters().violations().sum() > violations;
    violations = services.counters().violations().sum();
    check(webSocket || !violated || !here.isOpen(), "open after a violation");
    here.finish();
    here.runPendingTasks();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Object message = here.readOutbound(); message != null; message = here.readOutbound()) {
      if (message instanceof ByteBuf bytes) {
        out.writeBytes(ByteBufUtil.getBytes(bytes));
      }
      ReferenceCountUtil.release(message);
    }
    if (!webSocket) {
      read(out.toByteArray());
    }
    answer.append('/');
    channel = null;
  }

  private EmbeddedChannel open() {
    EmbeddedChannel here = channel;
    if (here == null) {
      throw new IllegalStateException("not connected");
    }
    return here;
  }

  /** Every byte of an answer is part of a packet that a server may send. */
  private void read(byte[] out) {
    check(out.length <= 16 * came + TALK * (2 + uplinks.end(0) + rejects.end(0)), "a long answer");
    int at = 0;
    while (at < out.length) {
      int first = out[at++] & 0xFF;
      int length = 0;
      for (int shift = 0; ; shift += 7) {
        check(shift < 28 && at < out.length, "no remaining length");
        int digit = out[at++] & 0xFF;
        length |= (digit & 0x7F) << shift;
        if (digit < 0x80) {
          break;
        }
      }
      check(at + length <= out.length, "half a packet");
      int type = first >>> 4;
      check(Arrays.asList(2, 3, 4, 5, 6, 7, 9, 11, 13, 14).contains(type), "type " + type);
      acknowledged += type == 4 ? 1 : 0;
      answer.append(first).append(' ').append(length).append(',');
      at += length;
    }
    check(acknowledged <= uplinks.end(0) + rejects.end(0), "acknowledged and not stored");
  }

  /** What the server has sent, as types and lengths: client ids that it makes are random. */
  String answer() {
    return answer.toString();
  }

  /** What the lanes have got. */
  List<String> taken() {
    List<String> taken = new ArrayList<>();
    uplinks
        .read(0, 0, Integer.MAX_VALUE)
        .forEach(entry -> taken.add(entry.key() + " " + told(entry.value().payload())));
    rejects
        .read(0, 0, Integer.MAX_VALUE)
        .forEach(entry -> taken.add(entry.value().route() + told(entry.value().payload())));
    return taken;
  }

  private static String told(byte[] payload) {
    return Arrays.toString(payload);
  }

  @Override
  public void close() {
    EmbeddedChannel here = channel;
    if (here != null) {
      here.finishAndReleaseAll();
    }
  }

  /** A channel whose peer is on this machine. */
  private static final class Loopback extends EmbeddedChannel {
    @Override
    protected SocketAddress remoteAddress0() {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
    }
  }

  /** A context whose worker threads are the caller's. */
  private static final Context AT_ONCE =
      (Context)
          Proxy.newProxyInstance(
              Context.class.getClassLoader(),
              new Class<?>[] {Context.class},
              (proxy, method, arguments) -> {
                if (!method.getName().equals("executeBlocking")) {
                  throw new UnsupportedOperationException(method.getName());
                }
                return Future.succeededFuture(((Callable<?>) arguments[0]).call());
              });
}
