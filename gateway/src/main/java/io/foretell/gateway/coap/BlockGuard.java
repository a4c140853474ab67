package io.foretell.gateway.coap;

import io.foretell.gateway.Identities.Verdict;
import io.foretell.proto.DeviceId;
import io.foretell.proto.ReasonCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.coap.BlockOption;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.network.Outbox;
import org.eclipse.californium.core.network.stack.AbstractLayer;
import org.eclipse.californium.core.network.stack.BaseCoapStack;
import org.eclipse.californium.core.network.stack.BlockwiseLayer;
import org.eclipse.californium.core.network.stack.CoapStack;
import org.eclipse.californium.core.network.stack.CongestionControlLayer;
import org.eclipse.californium.core.network.stack.ExchangeCleanupLayer;
import org.eclipse.californium.core.network.stack.Layer;
import org.eclipse.californium.core.network.stack.ObserveLayer;
import org.eclipse.californium.elements.EndpointContextMatcher;
import org.eclipse.californium.elements.config.Configuration;

/**
 * A layer below Californium's block-wise layer, which takes memory for a whole body at its first
 * block, before any resource can ask who sends it: one datagram of 30 bytes would cost 1 MiB.
 * Strangers get their refusal here, so does a body that is too large, with its reason, and a device
 * gets at most {@value #MAX_AT_ONCE} unfinished bodies.
 */
final class BlockGuard extends AbstractLayer {
  static final int MAX_AT_ONCE = 2;

  private final Callers callers;
  private final int maxBody;
  private final long lifetimeNanos;
  private final Map<DeviceId, Map<String, Long>> unfinished = new ConcurrentHashMap<>();

  /**
   * @param maxBody bytes of a whole body
   * @param lifetimeSeconds how long the block-wise layer keeps an unfinished body
   */
  BlockGuard(Callers callers, int maxBody, long lifetimeSeconds) {
    this.callers = callers;
    this.maxBody = maxBody;
    this.lifetimeNanos = TimeUnit.SECONDS.toNanos(lifetimeSeconds);
  }

  /**
   * The stack of CoAP over UDP with guards in their place.
   *
   * @param guards from the top
   */
  static CoapStack stack(
      String tag,
      Configuration config,
      EndpointContextMatcher matcher,
      Outbox outbox,
      List<Layer> guards) {
    return new GuardedStack(tag, config, matcher, outbox, guards);
  }

  @Override
  public void receiveRequest(Exchange exchange, Request request) {
    BlockOption block = request.getOptions().getBlock1();
    if (block == null) {
      super.receiveRequest(exchange, request);
      return;
    }
    Verdict verdict = callers.identify(request);
    if (verdict instanceof Verdict.Refused refused) {
      refuse(exchange, request, refused.reason());
    } else if (tooLarge(request, block)) {
      refuse(exchange, request, ReasonCode.TOO_LARGE);
    } else if (!admit(((Verdict.Known) verdict).device(), request, block)) {
      refuse(exchange, request, ReasonCode.QUOTA_EXCEEDED);
    } else {
      super.receiveRequest(exchange, request);
    }
  }

  /** By its stated size (RFC 7959 section 4), or by how far this block reaches. */
  private boolean tooLarge(Request request, BlockOption block) {
    Integer stated = request.getOptions().getSize1();
    long reached = block.getOffset() + (long) request.getPayloadSize();
    return reached > maxBody || (stated != null && stated > maxBody);
  }

  private boolean admit(DeviceId device, Request request, BlockOption block) {
    String key = request.getSourceContext().getPeerAddress() + " " + request.getURI();
    long now = System.nanoTime();
    boolean[] admitted = {true};
    unfinished.compute(
        device,
        (id, known) -> {
          Map<String, Long> bodies = known == null ? new LinkedHashMap<>() : known;
          bodies.values().removeIf(last -> now - last > lifetimeNanos);
          if (!block.isM()) {
            bodies.remove(key);
          } else if (bodies.containsKey(key) || bodies.size() < MAX_AT_ONCE) {
            bodies.put(key, now);
          } else {
            admitted[0] = false;
          }
          return bodies.isEmpty() ? null : bodies;
        });
    return admitted[0];
  }

  private void refuse(Exchange exchange, Request request, ReasonCode reason) {
    Response refusal = Answers.refusal(reason);
    Response response = Response.createResponse(request, refusal.getCode());
    response.setOptions(refusal.getOptions());
    response.setPayload(refusal.getPayload());
    if (reason == ReasonCode.TOO_LARGE) {
      response.getOptions().setSize1(maxBody);
    }
    super.sendResponse(exchange, response);
  }

  private static final class GuardedStack extends BaseCoapStack {
    GuardedStack(
        String tag,
        Configuration config,
        EndpointContextMatcher matcher,
        Outbox outbox,
        List<Layer> guards) {
      super(outbox);
      List<Layer> layers = new ArrayList<>();
      layers.add(new ExchangeCleanupLayer(config));
      layers.add(new ObserveLayer(config));
      layers.add(new BlockwiseLayer(tag, false, config, matcher));
      layers.addAll(guards);
      layers.add(CongestionControlLayer.newImplementation(tag, config));
      setLayers(layers.toArray(Layer[]::new));
    }
  }
}
