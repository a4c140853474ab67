package io.foretell.bench.standin;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.LongAdder;

/**
 * Netty and UDP and nothing behind it: answers each confirmable CoAP request of the load with an
 * acknowledgement 2.04 that has its message id and token. It reads many datagrams at a time.
 */
final class BareUdp {
  private static final int LARGEST = 2048;
  private static final int AT_A_TIME = 16;
  private static final int CHANGED = 0x44;
  private static final int ACKNOWLEDGEMENT = 0x60;

  private final LongAdder answered = new LongAdder();

  /** Opens a free port of loopback; returns it. */
  int open() throws InterruptedException {
    Channel listening =
        new Bootstrap()
            .group(new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()))
            .channel(EpollDatagramChannel.class)
            .option(ChannelOption.SO_RCVBUF, 4 << 20)
            .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, LARGEST)
            .option(
                ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(LARGEST * AT_A_TIME))
            .handler(new Answering())
            .bind("127.0.0.1", 0)
            .sync()
            .channel();
    return ((InetSocketAddress) listening.localAddress()).getPort();
  }

  String count() {
    long now = answered.sum();
    return "count 0 %d %d 0".formatted(now, now);
  }

  private final class Answering extends SimpleChannelInboundHandler<DatagramPacket> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket request) {
      ByteBuf in = request.content();
      int token = in.getByte(in.readerIndex()) & 0x0F;
      ByteBuf out = ctx.alloc().buffer(4 + token);
      out.writeByte(ACKNOWLEDGEMENT | token).writeByte(CHANGED);
      out.writeBytes(in, in.readerIndex() + 2, 2 + token);
      answered.increment();
      ctx.write(new DatagramPacket(out, request.sender()), ctx.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      ctx.flush();
    }
  }
}
