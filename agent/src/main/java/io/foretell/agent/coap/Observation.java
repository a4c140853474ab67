package io.foretell.agent.coap;

import com.google.protobuf.InvalidProtocolBufferException;
import io.foretell.agent.LinkException;
import io.foretell.proto.v1.DeviceCommand;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapHandler;
import org.eclipse.californium.core.CoapObserveRelation;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.util.ExecutorsUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One observation of the device's commands (RFC 7641), from its registration to its end, which it
 * tells of once.
 *
 * <p>It registers again when a notification has become stale, and every {@value #REFRESH_SECONDS} s
 * at the latest: a server that was restarted has forgotten its observers, and says nothing.
 */
final class Observation implements CoapHandler {
  private static final Logger log = LoggerFactory.getLogger(Observation.class);
  private static final long REFRESH_SECONDS = 300;

  private final Consumer<DeviceCommand> commands;
  private final Runnable lost;
  private final AtomicBoolean over = new AtomicBoolean();
  private final CompletableFuture<Boolean> registered = new CompletableFuture<>();
  private final ScheduledThreadPoolExecutor thread =
      ExecutorsUtil.newDefaultSecondaryScheduler("coap-commands#");

  Observation(Consumer<DeviceCommand> commands, Runnable lost) {
    this.commands = commands;
    this.lost = lost;
  }

  /** Registers; blocks until the server has agreed. */
  void begin(CoapEndpoint through, Request request, long timeoutMillis) {
    CoapClient client = new CoapClient();
    client.setEndpoint(through);
    client.setExecutors(thread, thread, true);
    request.setObserve();
    CoapObserveRelation relation = client.observe(request, this);
    try {
      registered.get(timeoutMillis, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new LinkException("the server does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LinkException("interrupted", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof LinkException failure
          ? failure
          : new LinkException("cannot observe commands", e);
    }
    thread.scheduleWithFixedDelay(
        () -> refresh(relation), REFRESH_SECONDS, REFRESH_SECONDS, TimeUnit.SECONDS);
  }

  private void refresh(CoapObserveRelation relation) {
    if (!over.get() && !relation.isCanceled()) {
      relation.reregister();
    }
  }

  @Override
  public void onLoad(CoapResponse response) {
    if (over.get()) {
      return;
    }
    if (response.getCode() == CoAP.ResponseCode.UNAUTHORIZED) {
      end(new LinkException("the server refuses the credentials", true));
    } else if (!response.isSuccess()) {
      end(new LinkException("observing commands: " + response.getCode(), false));
    } else {
      take(response.getPayload());
      if (response.getOptions().hasObserve()) {
        registered.complete(true);
      } else {
        end(new LinkException("the server has ended the observation", false));
      }
    }
  }

  private void take(byte[] payload) {
    if (payload == null || payload.length == 0) {
      return;
    }
    try {
      commands.accept(DeviceCommand.parseFrom(payload));
    } catch (InvalidProtocolBufferException e) {
      log.warn("a command that cannot be read: {}", e.getMessage());
    }
  }

  @Override
  public void onError() {
    end(new LinkException("the server does not answer", false));
  }

  private void end(LinkException why) {
    if (over.compareAndSet(false, true) && !registered.completeExceptionally(why)) {
      log.debug("no commands any more: {}", why.getMessage());
      lost.run();
    }
  }

  void close() {
    over.set(true);
    thread.shutdownNow();
  }
}
