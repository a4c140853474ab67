package io.foretell.gateway.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/**
 * Takes the bytes of MQTT out of WebSocket frames and puts them into some (MQTT 5 section 6). A
 * frame may hold several packets or part of one, so the frames' bounds are forgotten here.
 */
final class WebSocketFrames extends ChannelDuplexHandler {
  private static final String DECODER = "ws-decoder";
  private static final long LINGER_MILLIS = 1_000;

  private boolean closing;

  /**
   * Puts the handlers before the one that reads MQTT.
   *
   * @param maxFrame bytes of the largest frame of a client that is not known yet
   */
  static void addBefore(ChannelPipeline pipeline, String name, int maxFrame) {
    pipeline.addBefore(name, DECODER, decoder(maxFrame));
    pipeline.addBefore(name, "ws-encoder", new WebSocket13FrameEncoder(false));
    pipeline.addBefore(name, "ws-frames", new WebSocketFrames());
  }

  /** From now on takes larger frames: the client is known. Does nothing without WebSocket. */
  static void widen(ChannelPipeline pipeline, int maxFrame) {
    if (pipeline.get(DECODER) != null) {
      pipeline.replace(DECODER, DECODER, decoder(maxFrame));
    }
  }

  private static WebSocket13FrameDecoder decoder(int maxFrame) {
    return new WebSocket13FrameDecoder(
        WebSocketDecoderConfig.newBuilder()
            .maxFramePayloadLength(maxFrame)
            .expectMaskedFrames(true)
            .allowMaskMismatch(false)
            .allowExtensions(false)
            .withUTF8Validator(false)
            .build());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (closing) {
      boolean answered = message instanceof CloseWebSocketFrame;
      ReferenceCountUtil.release(message);
      if (answered) {
        ctx.close();
      }
    } else if (message instanceof BinaryWebSocketFrame
        || message instanceof ContinuationWebSocketFrame) {
      ctx.fireChannelRead(((WebSocketFrame) message).content());
    } else if (message instanceof PingWebSocketFrame ping) {
      ctx.writeAndFlush(new PongWebSocketFrame(ping.content()));
    } else if (message instanceof PongWebSocketFrame || !(message instanceof WebSocketFrame)) {
      ReferenceCountUtil.release(message); // the other: the end of the HTTP request
    } else {
      // a CLOSE, or text, which MQTT has no place for [MQTT-6.0.0-1]
      WebSocketCloseStatus status =
          message instanceof CloseWebSocketFrame
              ? WebSocketCloseStatus.NORMAL_CLOSURE
              : WebSocketCloseStatus.INVALID_MESSAGE_TYPE;
      ReferenceCountUtil.release(message);
      ctx.writeAndFlush(new CloseWebSocketFrame(status)).addListener(ChannelFutureListener.CLOSE);
    }
  }

  /**
   * Says goodbye first (RFC 6455 section 7.1.1), and gives the client a moment to answer: one that
   * writes its own CLOSE into a closed socket takes that for an error.
   */
  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    if (closing || !ctx.channel().isActive()) {
      ctx.close(promise);
      return;
    }
    closing = true;
    ctx.channel().config().setAutoRead(true);
    ctx.writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE));
    ctx.executor().schedule(() -> ctx.close(promise), LINGER_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    boolean bytes = message instanceof ByteBuf buffer && buffer.isReadable();
    ctx.write(bytes ? new BinaryWebSocketFrame((ByteBuf) message) : message, promise);
  }
}
