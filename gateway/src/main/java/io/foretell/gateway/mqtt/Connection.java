package io.foretell.gateway.mqtt;

import io.foretell.gateway.Door.Receipt;
import io.foretell.gateway.Identities.Verdict;
import io.foretell.gateway.mqtt.Sessions.Attached;
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
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
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
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: greets it, hands its messages on, and ends it. All on the event loop of
 * its channel. It stands in the pipeline behind guard and decoder and lets nothing pass to the
 * handlers after it; it writes without a future for each message and flushes once a read.
 */
final class Connection extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(Connection.class);

  /** How long a peer may take to notice that it has been told to go. */
  private static final Duration LINGER = Duration.ofSeconds(1);

  /** Children whose gateway has been judged on this connection; a gateway with more asks again. */
  private static final int MAX_KNOWN_CHILDREN = 10_000;

  private final String id;
  private final Services services;
  private final Context context;
  private final AckLoop acks;
  private final PacketGuard guard;
  private final ChannelHandlerContext ctx;
  private final ArrayDeque<MqttMessage> waiting = new ArrayDeque<>();
  private final Set<String> knownChildren = new HashSet<>();
  private final CompletableFuture<Void> released = new CompletableFuture<>();

  /** When the connection that had the session before has let go of it. */
  private CompletableFuture<Void> predecessor = CompletableFuture.completedFuture(null);

  private @Nullable Future<?> timer;
  private @Nullable Handshake handshake;
  private @Nullable Open open;
  private long lastRead = System.nanoTime();
  private long sessionExpiry;
  private boolean reading;
  private boolean dirty;
  private boolean busy;
  private boolean greeted;
  private boolean ended;
  private boolean left;

  /** What there is once the client has been greeted. */
  private record Open(DeviceId device, Session session, Inflow inflow, Outflow outflow) {}

  Connection(
      String id,
      Services services,
      Context context,
      AckLoop acks,
      PacketGuard guard,
      ChannelHandlerContext ctx) {
    this.id = id;
    this.services = services;
    this.context = context;
    this.acks = acks;
    this.guard = guard;
    this.ctx = ctx;
    schedule(services.limits().connectTimeout(), () -> end(-1, "no CONNECT in time"));
  }

  // --- what comes in

  @Override
  public void channelRead(ChannelHandlerContext unused, Object message) {
    reading = true;
    lastRead = System.nanoTime();
    if (ended || !(message instanceof MqttMessage mqtt)) {
      ReferenceCountUtil.release(message);
    } else if (busy) {
      waiting.add(mqtt);
    } else {
      handle(mqtt);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext unused) {
    readCompleted();
  }

  private void readCompleted() {
    reading = false;
    Open now = open;
    if (now != null && now.inflow().touched()) {
      now.inflow().acknowledge();
    }
    if (now != null) {
      adjustReading();
    }
    if (dirty) {
      dirty = false;
      ctx.flush();
    }
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
  public void exceptionCaught(ChannelHandlerContext unused, Throwable cause) {
    log.debug("{}: {}", id, cause.toString());
    end(-1, "connection lost");
  }

  private void handle(MqttMessage message) {
    try {
      if (message.decoderResult().isFailure()) {
        throw ProtocolViolationException.malformed("decoder: " + message.decoderResult().cause());
      }
      Open now = open;
      if (now == null) {
        greet((MqttConnectMessage) message);
      } else {
        dispatch(now, message);
      }
    } catch (ProtocolViolationException e) {
      guard.turnDeaf();
      violated(e);
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void dispatch(Open now, MqttMessage message) {
    switch (message.fixedHeader().messageType()) {
      case PUBLISH -> publish(now, (MqttPublishMessage) message);
      case PUBACK, PUBCOMP -> now.outflow().acknowledged(packetId(message));
      case PUBREC -> now.outflow().received(packetId(message), reasonCode(message));
      case PUBREL -> now.inflow().release(packetId(message));
      case SUBSCRIBE -> now.outflow().subscribe((MqttSubscribeMessage) message);
      case UNSUBSCRIBE -> now.outflow().unsubscribe((MqttUnsubscribeMessage) message);
      case PINGREQ -> {
        services.presence().seen(now.device(), "mqtt");
        write(Replies.pingResp());
      }
      case DISCONNECT -> disconnected(message);
      default -> throw ProtocolViolationException.error("unexpected packet (2.1.2)");
    }
  }

  private void publish(Open now, MqttPublishMessage message) {
    String topic = message.variableHeader().topicName();
    if (topic.startsWith("v1/d/") && !knownChildren.contains(child(topic))) {
      askForChild(now, message, child(topic));
    } else {
      now.inflow().publish(message);
    }
  }

  private static String child(String topic) {
    int end = topic.indexOf('/', 5);
    return end < 0 ? topic : topic.substring(0, end);
  }

  /**
   * Whether a gateway speaks for a child may have to be looked up on disk, once. The door asks
   * again, and then knows; what comes meanwhile waits, so that the order stays.
   */
  private void askForChild(Open now, MqttPublishMessage message, String prefix) {
    if (knownChildren.size() >= MAX_KNOWN_CHILDREN) {
      knownChildren.clear();
    }
    knownChildren.add(prefix);
    waiting.addFirst(message.retain());
    pauseFor(
        () -> {
          DeviceId child = new DeviceId(now.device().tenant(), prefix.substring(5));
          return services.identities().speaksFor(now.device(), child);
        },
        answer -> {},
        failure -> log.debug("{}: {}", id, failure.toString())); // the door says why
  }

  private void disconnected(MqttMessage message) {
    boolean withWill = false;
    if (message.variableHeader() instanceof MqttReasonCodeAndPropertiesVariableHeader header) {
      withWill = header.reasonCode() == Code.DISCONNECT_WITH_WILL;
      Properties5.number(header.properties(), MqttProperties.SESSION_EXPIRY_INTERVAL)
          .ifPresent(this::changeExpiry);
    }
    ended = true;
    leave("disconnected", withWill);
    ctx.close();
  }

  private void changeExpiry(long seconds) {
    if (sessionExpiry == 0 && seconds > 0) {
      throw ProtocolViolationException.error("session expiry after 0 in CONNECT [MQTT-3.14.2-2]");
    }
    sessionExpiry = Math.min(seconds * 1000, services.limits().maxSessionExpiry().toMillis());
  }

  // --- greeting

  private void greet(MqttConnectMessage connect) {
    cancelTimer();
    Handshake asked;
    try {
      asked = Handshake.of(connect, services.limits());
    } catch (ProtocolViolationException e) {
      refuse(connect.variableHeader().version(), e.code(), e.clause());
      return;
    }
    handshake = asked;
    InetAddress from = ((InetSocketAddress) ctx.channel().remoteAddress()).getAddress();
    pauseFor(
        () -> asked.authenticate(services.identities(), from),
        verdict -> judged(asked, verdict),
        failure -> {
          log.warn("{} {} cannot be judged: {}", ReasonCode.INTERNAL, id, failure.toString());
          refuse(asked.version(), Code.SERVER_UNAVAILABLE, "authentication failed");
        });
  }

  private void judged(Handshake asked, Verdict verdict) {
    if (verdict instanceof Verdict.Refused refused) {
      int code = Code.ofRefusal(refused.reason(), asked.userName().isPresent());
      refuse(asked.version(), code, refused.reason() + " client '" + asked.clientId() + "'");
    } else if (verdict instanceof Verdict.Known known) {
      Session.Key key = new Session.Key(known.device(), asked.clientId());
      Attached attached = services.sessions().attach(key, this, asked.cleanStart());
      awaitPrevious(attached, () -> accept(asked, attached));
    }
  }

  /** The session's owner before lets go first; reading stays off until it has. */
  private void awaitPrevious(Attached attached, Runnable next) {
    Connection previous = attached.previous();
    open = openWith(attached.session());
    if (previous == null) {
      next.run();
      return;
    }
    busy = true;
    predecessor = previous.released;
    previous.execute(previous::takenOver);
    predecessor.whenComplete(
        (done, never) ->
            execute(
                () -> {
                  busy = false;
                  if (!ended) {
                    next.run();
                    goOn();
                  }
                }));
  }

  private Open openWith(Session session) {
    Handshake asked = asked();
    DeviceId device = session.key().device();
    return new Open(
        device,
        session,
        new Inflow(
            this, device, services, session, acks, asked.version() == 5, asked.reasonStrings()),
        new Outflow(this, device, services, session, asked.peer()));
  }

  private void accept(Handshake asked, Attached attached) {
    Open now = open;
    if (now == null) {
      return;
    }
    sessionExpiry = asked.sessionExpiry();
    boolean present = attached.present() && asked.version() > 3;
    write(Replies.connAck(Code.SUCCESS, present, asked.accepted()));
    greeted = true;
    services.counters().greeted().increment();
    services.presence().arrived(now.device(), "mqtt", id);
    now.outflow().resume();
    if (!asked.patience().isZero()) {
      watch(asked.patience());
    }
  }

  private void refuse(int version, int code, String why) {
    services.counters().refused().increment();
    log.info("refused {} from {}: {}", id, ctx.channel().remoteAddress(), why);
    int answer = version == 5 ? code : Code.legacyRefusal(code);
    write(Replies.connAck(answer, false, MqttProperties.NO_PROPERTIES));
    guard.turnDeaf();
    end(-1, why);
  }

  private Handshake asked() {
    Handshake now = handshake;
    if (now == null) {
      throw new IllegalStateException("no CONNECT yet");
    }
    return now;
  }

  // --- reading and writing

  /** Writes a packet; it is flushed at the end of the read, or at once outside of one. */
  void write(Object packet) {
    ctx.write(packet, ctx.voidPromise());
    if (reading) {
      dirty = true;
    } else {
      ctx.flush();
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
    Open now = open;
    boolean wanted =
        ended || !busy && ctx.channel().isWritable() && !(now != null && now.inflow().full());
    if (ctx.channel().config().isAutoRead() != wanted) {
      ctx.channel().config().setAutoRead(wanted);
    }
  }

  /** Runs it on the event loop; false where that has ended. */
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
  private <T> void pauseFor(Callable<T> task, Consumer<T> then, Consumer<Throwable> otherwise) {
    busy = true;
    adjustReading();
    blocking(
        task,
        answer -> {
          busy = false;
          if (!ended) {
            then.accept(answer);
            goOn();
          }
        },
        failure -> {
          busy = false;
          if (!ended) {
            otherwise.accept(failure);
            goOn();
          }
        });
  }

  /** Works through what has waited, as one read. */
  private void goOn() {
    reading = true;
    while (!busy && !ended && !waiting.isEmpty()) {
      handle(waiting.remove());
    }
    readCompleted();
  }

  // --- ending

  /** Another connection of the same device and client id has come (3.1.4) [MQTT-3.1.4-3]. */
  private void takenOver() {
    if (!ended) {
      services.counters().takenOver().increment();
    }
    end(Code.SESSION_TAKEN_OVER, "taken over");
  }

  /** A message could not be made durable: nothing more is acknowledged, the client comes again. */
  void endUnstored(Receipt.Unavailable unavailable) {
    services.counters().unstored().increment();
    log.warn("{} {}: {}", unavailable.reason(), id, unavailable.detail());
    int code = unavailable.reason() == ReasonCode.OVERLOADED ? Code.SERVER_BUSY : Code.UNSPECIFIED;
    end(code, "not stored: " + unavailable.reason());
  }

  /** The server stops. */
  void shutDown() {
    end(Code.SERVER_SHUTTING_DOWN, "server stopped");
  }

  private void violated(ProtocolViolationException violation) {
    services.counters().violations().increment();
    log.info("protocol {} {}: {}", Integer.toHexString(violation.code()), id, violation.clause());
    if (open == null && violation.code() == Code.UNSUPPORTED_VERSION) {
      write(Replies.connAck(1, false, MqttProperties.NO_PROPERTIES));
    }
    end(violation.code(), "protocol violation: " + violation.clause());
  }

  /**
   * Ends the connection. What was written before still goes out; then the peer has a moment to read
   * it before the socket closes, since closing on unread input would reset it away.
   *
   * @param code of the DISCONNECT that MQTT 5 clients get; negative for none
   */
  private void end(int code, String reason) {
    if (ended) {
      return;
    }
    ended = true;
    guard.turnDeaf();
    boolean version5 = greeted && asked().version() == 5;
    leave(reason, true);
    if (version5 && code >= 0 && ctx.channel().isActive()) {
      ctx.write(Replies.disconnect(code), ctx.voidPromise());
    }
    ctx.writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener((ChannelFutureListener) written -> linger(written.isSuccess()));
  }

  private void linger(boolean written) {
    boolean plain = ctx.pipeline().get(SslHandler.class) == null;
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
    if (left) {
      return;
    }
    left = true;
    ended = true;
    cancelTimer();
    waiting.forEach(ReferenceCountUtil::release);
    waiting.clear();
    Open now = open;
    if (now != null) {
      now.inflow().stop();
      now.outflow().stop();
      services.sessions().detach(now.session(), this, sessionExpiry);
    }
    if (now != null && greeted) {
      sayWhy(now, reason, withWill);
    }
    predecessor.whenComplete((done, never) -> released.complete(null));
  }

  private void sayWhy(Open now, String reason, boolean withWill) {
    Will will = withWill ? asked().will().orElse(null) : null;
    String why = will == null ? reason : reason + "; will: " + will.text();
    services.presence().left(now.device(), "mqtt", id, why);
    if (will != null) {
      will.publish(now.device(), services.door());
    }
  }

  // --- time

  private void watch(Duration patience) {
    schedule(
        patience,
        () -> {
          long silent = System.nanoTime() - lastRead;
          long left = patience.toNanos() - silent;
          if (!ctx.channel().config().isAutoRead()) {
            watch(patience); // it is us who do not listen
          } else if (left <= 0) {
            end(Code.KEEP_ALIVE_TIMEOUT, "keep-alive timeout");
          } else {
            watch(Duration.ofNanos(left));
          }
        });
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

  private static int packetId(MqttMessage message) {
    return ((MqttMessageIdVariableHeader) message.variableHeader()).messageId();
  }

  private static int reasonCode(MqttMessage message) {
    return message.variableHeader() instanceof MqttPubReplyMessageVariableHeader header
        ? header.reasonCode() & 0xFF
        : Code.SUCCESS;
  }
}
