package io.foretell.gateway.coap;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.californium.core.coap.Message;
import org.eclipse.californium.core.network.serialization.UdpDataParser;
import org.eclipse.californium.elements.Connector;
import org.eclipse.californium.elements.EndpointContextMatcher;
import org.eclipse.californium.elements.RawData;
import org.eclipse.californium.elements.RawDataChannel;
import org.eclipse.californium.elements.UdpEndpointContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * A port without a socket, all of whose work is done by one thread: what a peer sends is answered
 * when {@link #exchange} returns. An error that Californium only logs is thrown there.
 */
final class Datagrams implements Connector {
  private static final int MAX_FACTOR = 3;

  /** The header of an empty message, which is the least that can be answered. */
  private static final int LEAST = 4;

  private static final int PEERS = 2_000;
  private static final InetSocketAddress HERE = at(5683);

  private final ScheduledThreadPoolExecutor protocol = new ScheduledThreadPoolExecutor(1);
  private final List<RawData> answers = new ArrayList<>();
  private final AtomicReference<@Nullable ILoggingEvent> error = new AtomicReference<>();
  private @Nullable RawDataChannel receiver;
  private int peers;

  Datagrams() {
    Logger californium = (Logger) LoggerFactory.getLogger("org.eclipse.californium");
    AppenderBase<ILoggingEvent> listener =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent event) {
            if (event.getLevel().isGreaterOrEqual(Level.ERROR)) {
              error.set(event);
            }
          }
        };
    listener.setContext(californium.getLoggerContext());
    listener.start();
    californium.addAppender(listener);
    californium.setLevel(Level.ERROR);
  }

  ScheduledExecutorService protocol() {
    return protocol;
  }

  /** From now on another address sends. */
  void nextPeer() {
    peers++;
  }

  /** Sends a datagram and judges what comes back. */
  void exchange(byte[] datagram) {
    RawDataChannel channel = receiver;
    if (channel == null) {
      throw new IllegalStateException("not started");
    }
    answers.clear();
    InetSocketAddress peer = at(10_000 + peers % PEERS);
    channel.receiveData(
        RawData.inbound(datagram, new UdpEndpointContext(peer), false, System.nanoTime(), HERE));
    settle();
    ILoggingEvent event = error.getAndSet(null);
    check(event == null, event == null ? "" : event.getFormattedMessage() + trace(event));
    int length = 0;
    for (RawData answer : answers) {
      Message message = new UdpDataParser().parseMessage(answer.getBytes());
      if (!answer.getInetSocketAddress().equals(peer)) {
        continue; // sent again to an earlier peer, which has not acknowledged it
      }
      check(message.getRawCode() == 0 || message.getRawCode() >= 0x40, "a request as an answer");
      length += answer.getBytes().length;
    }
    check(length <= MAX_FACTOR * Math.max(LEAST, datagram.length), "amplified to " + length);
  }

  private static String trace(ILoggingEvent event) {
    return event.getThrowableProxy() == null ? "" : " " + event.getThrowableProxy().getMessage();
  }

  /** What is under way may begin something, but nothing that begins a third. */
  private void settle() {
    try {
      for (int i = 0; i < 3; i++) {
        protocol.submit(() -> {}).get(60, TimeUnit.SECONDS);
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the protocol's thread does not go on", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static InetSocketAddress at(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException(what);
    }
  }

  @Override
  public void start() {}

  @Override
  public void stop() {}

  @Override
  public void destroy() {}

  @Override
  public void send(RawData message) {
    message.onContextEstablished(message.getEndpointContext());
    message.onSent();
    answers.add(message);
  }

  @Override
  public void setRawDataReceiver(RawDataChannel messageHandler) {
    receiver = messageHandler;
  }

  @Override
  public void setEndpointContextMatcher(EndpointContextMatcher matcher) {}

  @Override
  public InetSocketAddress getAddress() {
    return HERE;
  }

  @Override
  public String getProtocol() {
    return "UDP";
  }

  @Override
  public boolean isRunning() {
    return true;
  }

  @Override
  public void processDatagram(DatagramPacket datagram) {
    throw new UnsupportedOperationException("there is no socket");
  }
}
