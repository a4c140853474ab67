package io.foretell.gateway.mqtt;

import io.foretell.gateway.Door.Receipt;
import io.foretell.proto.DeviceId;
import io.foretell.proto.ReasonCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.vertx.core.Context;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: hands on what comes, writes what goes, and ends. All on the event loop
 * of its channel, but for {@link #execute}. It stands in the pipeline behind guard and decoder and
 * lets no message pass to the handlers after it; it writes without a future for each packet and
 * flushes once a read.
 */
final class Connection extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(Connection.class);
  private static final String VIA = "mqtt";

  /** How long a peer may take to notice that it has been told to go. */
  private static final Duration LINGER = Duration.ofSeconds(1);

  /** ms after which a client that sends too much is looked at again. */
  private static final long MAX_REST = 1_000;

  private final String id;
  private final Services services;
  private final Context context;
  private final PacketGuard guard;
  private final ChannelHandlerContext ctx;
  private final boolean direct;
  private final Greeter greeter;
  private final ArrayDeque<MqttMessage> waiting = new ArrayDeque<>();
  private final Children children = new Children();
  private final CompletableFuture<Void> released = new CompletableFuture<>();

  private @Nullable Future<?> timer;
  private @Nullable Client client;
  private long lastRead = System.nanoTime();
  private long sessionExpiry;
  private boolean greeted;
  private boolean resting;
  private boolean reading;
  private boolean dirty;
  private boolean busy;
  private boolean ended;
  private boolean left;

  /**
   * @param id unique within the server
   * @param context of the event loop, with its worker threads
   * @param ctx where to write: a handler behind the encoder
   * @param direct whether the peer is certainly the client, not somebody who speaks for it
   */
  Connection(
      String id,
      Services services,
      Context context,
      AckLoop acks,
      PacketGuard guard,
      ChannelHandlerContext ctx,
      boolean direct) {
    this.id = id;
    this.services = services;
    this.context = context;
    this.guard = guard;
    this.ctx = ctx;
    this.direct = direct;
    this.greeter = new Greeter(this, services, acks);
    schedule(services.limits().connectTimeout(), () -> end(-1, "no CONNECT in time"));
  }

  String id() {
    return id;
  }

  InetSocketAddress peer() {
    return (InetSocketAddress) ctx.channel().remoteAddress();
  }

  private Optional<InetAddress> address() {
    return Optional.of(peer().getAddress());
  }

  /** The certificates that the client has shown in its TLS handshake; empty where none. */
  List<X509Certificate> chain() {
    return AnyClient.chain(ctx.pipeline().get(SslHandler.class));
  }

  // --- what comes in

  @Override
  public void channelRead(ChannelHandlerContext here, Object message) {
    reads();
    if (ended || !(message instanceof MqttMessage mqtt)) {
      ReferenceCountUtil.release(message);
    } else if (busy) {
      waiting.add(mqtt);
    } else {
      handle(mqtt);
    }
  }

  /** Whether a PUBLISH to that topic may be taken now, without being asked for or waiting. */
  boolean takes(String topic) {
    return !busy && !ended && !children.isStranger(topic);
  }

  /** A read is being worked through. */
  void reads() {
    reading = true;
    lastRead = System.nanoTime();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext here) {
    readCompleted();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext here, Object event) {
    if (event instanceof ProtocolViolationException violation) {
      violated(violation);
    } else {
      here.fireUserEventTriggered(event);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext here) {
    adjustReading();
    here.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext here) {
    leave("connection lost", true);
    cancelTimer();
    here.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext here, Throwable cause) {
    log.debug("{}: {}", id, cause.toString());
    end(-1, "connection lost");
  }

  /** A read has been worked through: what it led to goes out. */
  void readCompleted() {
    reading = false;
    Client now = client;
    if (now != null && now.inflow().touched()) {
      now.inflow().acknowledge();
    }
    if (now != null) {
      restIfOver(now.device());
    }
    adjustReading();
    if (dirty) {
      dirty = false;
      ctx.flush();
    }
  }

  /** Who has sent more than its quota is not read for a while; nothing of it is lost. */
  private void restIfOver(DeviceId device) {
    long rest = services.door().rest(device);
    if (rest > 0 && !resting && !ended) {
      resting = true;
      ctx.executor().schedule(this::rested, Math.min(rest, MAX_REST), TimeUnit.MILLISECONDS);
    }
  }

  private void rested() {
    resting = false;
    Client now = client;
    if (now != null) {
      restIfOver(now.device());
    }
    adjustReading();
  }

  private void handle(MqttMessage message) {
    try {
      if (message.decoderResult().isFailure()) {
        throw ProtocolViolationException.malformed("decoder: " + message.decoderResult().cause());
      }
      Client now = client;
      if (now == null) {
        cancelTimer();
        greeter.greet((MqttConnectMessage) message, direct ? address() : Optional.empty());
      } else {
        dispatch(now, message);
      }
    } catch (ProtocolViolationException e) {
      violated(e);
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void dispatch(Client now, MqttMessage message) {
    switch (message.fixedHeader().messageType()) {
      case PUBLISH -> publish(now, (MqttPublishMessage) message);
      case PUBACK, PUBCOMP -> now.outflow().acknowledged(Replies.idOf(message));
      case PUBREC -> now.outflow().received(Replies.idOf(message), reasonCode(message));
      case PUBREL -> now.inflow().release(Replies.idOf(message));
      case SUBSCRIBE -> now.outflow().subscribe((MqttSubscribeMessage) message);
      case UNSUBSCRIBE -> now.outflow().unsubscribe((MqttUnsubscribeMessage) message);
      case PINGREQ -> {
        services.presence().seen(now.device(), VIA);
        write(Replies.pingResp());
      }
      case DISCONNECT -> disconnected(message);
      default -> throw ProtocolViolationException.error("unexpected packet (2.1.2)");
    }
  }

  private void publish(Client now, MqttPublishMessage message) {
    String topic = message.variableHeader().topicName();
    if (children.isStranger(topic)) {
      askForChild(now, message, Children.named(topic));
    } else {
      now.inflow().publish(message);
    }
  }

  /**
   * Whether a gateway speaks for a child may have to be looked up on disk, once. The door asks
   * again, and then it is known; what comes meanwhile waits, so that the order stays.
   */
  private void askForChild(Client now, MqttPublishMessage message, String name) {
    children.know(name);
    waiting.addFirst(message.retain());
    pauseFor(
        () -> {
          DeviceId child = new DeviceId(now.device().tenant(), name);
          return services.identities().speaksFor(now.device(), child);
        },
        answer -> {},
        failure -> log.debug("{}: {}", id, failure.toString())); // the door tells the device why
  }

  private void disconnected(MqttMessage message) {
    boolean withWill = false;
    if (message.variableHeader() instanceof MqttReasonCodeAndPropertiesVariableHeader header) {
      withWill = header.reasonCode() == Code.DISCONNECT_WITH_WILL;
      Properties5.number(header.properties(), MqttProperties.SESSION_EXPIRY_INTERVAL)
          .ifPresent(this::changeExpiry);
    }
    leave("disconnected", withWill);
    ctx.close();
  }

  private void changeExpiry(long seconds) {
    if (sessionExpiry == 0 && seconds > 0) {
      throw ProtocolViolationException.error("session expiry after 0 in CONNECT [MQTT-3.14.2-2]");
    }
    sessionExpiry = Math.min(seconds * 1000, services.limits().maxSessionExpiry().toMillis());
  }

  // --- greeting: what the greeter tells

  /** It is known who is there. */
  void arrived(Client who) {
    client = who;
    guard.handTo(who.inflow());
    sessionExpiry = who.asked().sessionExpiry();
    services.presence().arrived(who.device(), VIA, id);
  }

  /** It has its CONNACK. */
  void greeted(Client who) {
    greeted = true;
    WebSocketFrames.widen(ctx.pipeline(), services.limits().maxPacket());
    if (!who.asked().patience().isZero()) {
      schedule(who.asked().patience(), () -> checkAlive(who.asked().patience()));
    } else {
      LinkKeepAlive.on(ctx.channel());
    }
  }

  // --- reading and writing

  /** Writes a packet; it is flushed at the end of the read, or at once outside of one. */
  void write(MqttMessage packet) {
    write(ctx, packet);
  }

  /** Writes bytes that are packets already; flushed as {@link #write} does. */
  void writeBytes(ByteBuf packets) {
    ChannelHandlerContext near = guard.place();
    write(near == null ? ctx : near, packets);
  }

  private void write(ChannelHandlerContext to, Object packet) {
    to.write(packet, to.voidPromise());
    if (reading) {
      dirty = true;
    } else {
      to.flush();
    }
  }

  ByteBuf buffer() {
    return ctx.alloc().buffer(64);
  }

  /** Whether a read is being worked through. */
  boolean reading() {
    return reading;
  }

  /** Reads on, unless too much is under way, or the client does not take what it is sent. */
  void adjustReading() {
    Client now = client;
    boolean full = now != null && (now.inflow().full() || resting || services.door().pressed());
    boolean wanted = ended || !busy && !full && ctx.channel().isWritable();
    if (ctx.channel().config().isAutoRead() != wanted) {
      ctx.channel().config().setAutoRead(wanted);
    }
  }

  /** Runs it on the event loop, from any thread; false where that has ended. */
  boolean execute(Runnable task) {
    try {
      ctx.executor().execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /** Runs it on a worker thread, and what follows on the event loop again. */
  <T> void blocking(Callable<T> task, Consumer<T> then, Consumer<Throwable> otherwise) {
    context
        .executeBlocking(task, false)
        .onComplete(
            answer -> {
              if (answer.succeeded()) {
                then.accept(answer.result());
              } else {
                otherwise.accept(answer.cause());
              }
            });
  }

  /** The same, while what comes in waits. */
  <T> void pauseFor(Callable<T> task, Consumer<T> then, Consumer<Throwable> otherwise) {
    busy = true;
    adjustReading();
    blocking(task, answer -> goOn(() -> then.accept(answer)), e -> goOn(() -> otherwise.accept(e)));
  }

  /** Lets what comes in wait until then. */
  void pauseUntil(CompletableFuture<Void> moment, Runnable then) {
    busy = true;
    adjustReading();
    moment.whenComplete((done, never) -> execute(() -> goOn(then)));
  }

  /** Works through what has waited, as one read. */
  private void goOn(Runnable first) {
    busy = false;
    if (ended) {
      return;
    }
    reading = true;
    first.run();
    while (!busy && !ended && !waiting.isEmpty()) {
      handle(waiting.remove());
    }
    readCompleted();
  }

  /** Keeps the session as it is now, and goes on when that is durable. */
  void kept(Session session, Runnable then) {
    after(keep(session), then);
  }

  /** Keeps the session as it is now; completes when that is durable, on any thread. */
  CompletableFuture<Void> keep(Session session) {
    return services.sessions().keep(session, sessionExpiry);
  }

  /** Goes on when a session is kept; where it cannot be, ends the connection. */
  void after(CompletableFuture<Void> durable, Runnable then) {
    if (durable.isDone() && !durable.isCompletedExceptionally()) {
      then.run();
    } else {
      durable.whenComplete((done, failure) -> execute(() -> afterKeeping(failure, then)));
    }
  }

  /** The same, while what comes in waits. */
  void keptBefore(Session session, Runnable then, Runnable otherwise) {
    CompletableFuture<Void> durable = services.sessions().keep(session, sessionExpiry);
    if (durable.isDone() && !durable.isCompletedExceptionally()) {
      then.run();
    } else {
      pauseUntil(durable, () -> (durable.isCompletedExceptionally() ? otherwise : then).run());
    }
  }

  private void afterKeeping(@Nullable Throwable failure, Runnable then) {
    if (ended) {
      return;
    }
    if (failure == null) {
      then.run();
    } else {
      endUnstored(
          new Receipt.Unavailable(ReasonCode.STORAGE_UNAVAILABLE, "the session is not kept"));
    }
  }

  // --- ending

  /** When nothing of this connection touches its session any more. Any thread. */
  CompletableFuture<Void> released() {
    return released;
  }

  /** Another connection of the same device and client id has come [MQTT-3.1.4-3]. */
  void takenOver() {
    if (!ended) {
      services.counters().takenOver().increment();
    }
    end(Code.SESSION_TAKEN_OVER, "taken over");
  }

  /** The client id is the name of another device, which has come. */
  void displaced() {
    end(Code.CLIENT_ID_NOT_VALID, "the client id belongs to another device");
  }

  /** A message could not be made durable: nothing more is acknowledged, the client comes again. */
  void endUnstored(Receipt.Unavailable unavailable) {
    services.counters().unstored().increment();
    log.warn("{} {}: {}", unavailable.reason(), id, unavailable.detail());
    boolean overload = unavailable.reason() == ReasonCode.OVERLOADED;
    end(overload ? Code.SERVER_BUSY : Code.UNSPECIFIED, "not stored: " + unavailable.reason());
  }

  /** The device may no longer be here. */
  void endIfOf(DeviceId device) {
    if (client != null && client.device().equals(device)) {
      end(Code.ADMINISTRATIVE_ACTION, "credentials revoked");
    }
  }

  void tellIfOf(DeviceId device, String topic, byte[] payload) {
    if (client != null && client.device().equals(device)) {
      write(Replies.publish(topic, payload));
    }
  }

  /** The server stops; that is not what a will is for. */
  void shutDown() {
    end(Code.SERVER_SHUTTING_DOWN, "server stopped", false);
  }

  void violated(ProtocolViolationException violation) {
    services.counters().violations().increment();
    log.info(
        "violation 0x{} by {} {}: {}",
        Integer.toHexString(violation.code()),
        id,
        peer(),
        violation.clause());
    if (client == null && violation.code() == Code.UNSUPPORTED_VERSION) {
      write(Replies.refusal(Code.legacyRefusal(Code.UNSUPPORTED_VERSION)));
    }
    end(violation.code(), "protocol violation: " + violation.clause());
  }

  /**
   * Ends the connection. What was written before still goes out; then the peer has a moment to read
   * it before the socket closes, since closing on unread input would reset it away.
   *
   * @param code of the DISCONNECT that MQTT 5 clients get; negative for none
   */
  void end(int code, String reason) {
    end(code, reason, true);
  }

  private void end(int code, String reason, boolean withWill) {
    if (ended) {
      return;
    }
    guard.turnDeaf();
    Client now = client;
    leave(reason, withWill);
    if (code >= 0 && greeted && now != null && now.version5()) {
      ctx.write(Replies.disconnect(code), ctx.voidPromise());
    }
    ctx.writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener((ChannelFutureListener) written -> linger(written.isSuccess()));
  }

  private void linger(boolean written) {
    boolean plain =
        ctx.pipeline().get(SslHandler.class) == null
            && ctx.pipeline().get(WebSocketFrames.class) == null;
    if (written && plain && ctx.channel() instanceof DuplexChannel channel) {
      adjustReading();
      channel.shutdownOutput();
      schedule(LINGER, ctx::close);
    } else {
      ctx.close();
    }
  }

  /** Lets go of everything; the first call counts. */
  private void leave(String reason, boolean withWill) {
    ended = true;
    if (left) {
      return;
    }
    left = true;
    cancelTimer();
    waiting.forEach(ReferenceCountUtil::release);
    waiting.clear();
    Client now = client;
    if (now != null) {
      now.inflow().stop();
      now.outflow().stop();
      services.sessions().detach(now.session(), this, sessionExpiry);
      Will will = withWill && greeted ? now.asked().will().orElse(null) : null;
      new Farewell(id, services, ctx.executor()).say(now, reason, will, sessionExpiry);
    }
    greeter.predecessor().whenComplete((done, never) -> released.complete(null));
  }

  // --- time

  private void checkAlive(Duration patience) {
    Duration rest = patience.minusNanos(System.nanoTime() - lastRead);
    if (!ctx.channel().config().isAutoRead()) {
      schedule(patience, () -> checkAlive(patience)); // it is us who do not listen
    } else if (rest.isNegative() || rest.isZero()) {
      end(Code.KEEP_ALIVE_TIMEOUT, "keep-alive timeout");
    } else {
      schedule(rest, () -> checkAlive(patience));
    }
  }

  private void schedule(Duration delay, Runnable task) {
    cancelTimer();
    timer = ctx.executor().schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void cancelTimer() {
    Future<?> before = timer;
    if (before != null) {
      before.cancel(false);
      timer = null;
    }
  }

  private static int reasonCode(MqttMessage message) {
    return message.variableHeader() instanceof MqttPubReplyMessageVariableHeader header
        ? header.reasonCode() & 0xFF
        : Code.SUCCESS;
  }
}
