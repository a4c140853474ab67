package io.foretell.gateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes connections that hold a place without using it: whose first byte does not come, whose
 * request head is not complete in time, or whose body comes by drops. Between two requests, and
 * while an answer is waited for, a connection may be as quiet as it likes.
 */
public final class SlowRequests {
  private static final Logger log = LoggerFactory.getLogger(SlowRequests.class);

  /** Under these names Vert.x has its handlers; without the decoder it is HTTP no longer. */
  private static final String DECODER = "httpDecoder";

  private static final String LAST = "handler";

  /** Bytes of a body in one spell, below which it comes by drops. */
  private static final int LEAST = 256;

  private final ChannelHandlerContext ctx;
  private final Duration spell;
  private @Nullable Future<?> timer;
  private boolean withinBody;
  private long arrived;

  private SlowRequests(ChannelHandlerContext ctx, Duration spell) {
    this.ctx = ctx;
    this.spell = spell;
  }

  /**
   * Guards a connection that was just opened; on its event loop. The server must not offer HTTP/2
   * in clear text: Vert.x then tells of a connection only with its first request.
   *
   * @param spell how long a request's head may take, and a body may come by drops
   */
  public static void guard(HttpConnection connection, Duration spell) {
    if (connection instanceof HttpServerConnection server) {
      ChannelPipeline pipeline = server.channelHandlerContext().pipeline();
      if (pipeline.get(DECODER) != null) {
        SlowRequests guard = new SlowRequests(server.channelHandlerContext(), spell);
        pipeline.addBefore(DECODER, "slow-bytes", guard.new Bytes());
        pipeline.addBefore(LAST, "slow-requests", guard.new Requests());
        guard.start();
      }
    }
  }

  private void start() {
    if (timer == null) {
      timer = ctx.executor().schedule(this::judge, spell.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private void stop() {
    Future<?> before = timer;
    if (before != null) {
      before.cancel(false);
      timer = null;
    }
  }

  private void judge() {
    timer = null;
    if (ctx.pipeline().get(DECODER) == null) {
      return;
    }
    boolean ours = withinBody && !ctx.channel().config().isAutoRead();
    if (ours || withinBody && arrived >= LEAST) {
      arrived = 0;
      start();
    } else {
      log.debug("{} is too slow", ctx.channel().remoteAddress());
      ctx.close();
    }
  }

  /** Sees what comes before it is decoded. */
  private final class Bytes extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext here, Object message) {
      if (!withinBody && message instanceof ByteBuf) {
        start();
      }
      here.fireChannelRead(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext here) {
      stop();
      here.fireChannelInactive();
    }
  }

  /** Sees what was decoded. */
  private final class Requests extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext here, Object message) {
      if (message instanceof HttpRequest) {
        stop();
        withinBody = true;
        arrived = 0;
        start();
      }
      if (message instanceof ByteBufHolder part) {
        arrived += part.content().readableBytes();
      }
      if (message instanceof LastHttpContent) {
        withinBody = false;
        stop();
      }
      here.fireChannelRead(message);
    }
  }
}
