package io.foretell.bench.standin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.LongAdder;

/**
 * Netty's MQTT codec and nothing behind it: accepts everybody, acknowledges each PUBLISH at once,
 * flushes once a read. No server of this kind can cost less.
 */
final class BareMqtt {
  private static final int CONNACK = 0x20020000;
  private static final int PUBACK = 0x40020000;

  private final LongAdder published = new LongAdder();

  /** Opens a free port of loopback; returns it. */
  int open() throws InterruptedException {
    Channel listening =
        new ServerBootstrap()
            .group(new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()))
            .channel(EpollServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, 1024)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(new MqttDecoder(), new Acknowledging());
                  }
                })
            .bind("127.0.0.1", 0)
            .sync()
            .channel();
    return ((InetSocketAddress) listening.localAddress()).getPort();
  }

  String count() {
    long now = published.sum();
    return "count 0 %d %d 0".formatted(now, now);
  }

  private final class Acknowledging extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      switch (((MqttMessage) message).fixedHeader().messageType()) {
        case CONNECT -> answer(ctx, CONNACK);
        case PUBLISH -> {
          published.increment();
          answer(ctx, PUBACK | ((MqttPublishMessage) message).variableHeader().packetId());
        }
        default -> {
          // the load sends nothing else
        }
      }
      ReferenceCountUtil.release(message);
    }

    private static void answer(ChannelHandlerContext ctx, int packet) {
      ByteBuf out = ctx.alloc().buffer(4);
      ctx.write(out.writeInt(packet), ctx.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      ctx.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
