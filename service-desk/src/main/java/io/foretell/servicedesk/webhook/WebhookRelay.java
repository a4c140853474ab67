package io.foretell.servicedesk.webhook;

import io.foretell.proto.InvalidInputException;
import io.foretell.servicedesk.outbox.Outbox;
import io.foretell.servicedesk.outbox.OutboxEntry;
import io.foretell.servicedesk.outbox.Relay;
import io.foretell.servicedesk.outbox.RelayException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import javax.net.ssl.SSLSocketFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes changes to webhooks: first from the outbox into a delivery for each subscriber, then over
 * HTTP, at least once, those of a ticket in order. A receiver knows a repetition by {@code
 * webhook-id}.
 *
 * <p>Subscribers are served side by side, each one's deliveries one after the other; its turn ends
 * at the first failure, so that a receiver which is down costs one attempt a turn.
 */
public final class WebhookRelay implements Relay {
  private static final Logger LOG = LoggerFactory.getLogger(WebhookRelay.class);
  private static final int BATCH = 200;
  private static final int GONE = 410;
  private static final long PRUNE_EVERY = Duration.ofHours(1).toMillis();

  private final String name;
  private final Outbox outbox;
  private final WebhookStore store;
  private final WebhookConfig config;
  private final AddressGuard guard;
  private final CloudEvent events;
  private final PinnedPost http;
  private final DeliveryTrace trace;
  private final ExecutorService senders;
  private long prunedAt;

  /** A relay to webhooks whose attempts nobody traces. */
  public WebhookRelay(
      String name,
      Outbox outbox,
      WebhookStore store,
      WebhookConfig config,
      AddressGuard guard,
      SSLSocketFactory tls) {
    this(name, outbox, store, config, guard, tls, DeliveryTrace.NONE);
  }

  /**
   * A relay to webhooks.
   *
   * @param name its identity in the outbox
   * @param guard decides which addresses may be connected to
   * @param tls makes the connections of https; the platform's own, or one with other trust
   * @param trace told of every attempt
   */
  public WebhookRelay(
      String name,
      Outbox outbox,
      WebhookStore store,
      WebhookConfig config,
      AddressGuard guard,
      SSLSocketFactory tls,
      DeliveryTrace trace) {
    this.name = name;
    this.outbox = outbox;
    this.store = store;
    this.config = config;
    this.guard = guard;
    this.trace = trace;
    this.events = new CloudEvent(config.source());
    this.http = new PinnedPost(tls, config.connectTimeout(), config.answerTimeout());
    AtomicInteger number = new AtomicInteger();
    this.senders =
        Executors.newFixedThreadPool(
            config.parallel(),
            work -> {
              Thread thread = new Thread(work, "webhook-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int pump(long now) {
    int fanned = fanOut(now);
    int sent = send(now);
    if (now - prunedAt >= PRUNE_EVERY) {
      store.forget(now - config.keepLog().toMillis());
      prunedAt = now;
    }
    return fanned + sent;
  }

  private int fanOut(long now) {
    List<OutboxEntry> entries = outbox.after(outbox.progress(name), BATCH);
    if (entries.isEmpty()) {
      return 0;
    }
    List<Subscription> subscriptions = store.active();
    List<WebhookStore.Parcel> parcels = new ArrayList<>();
    for (OutboxEntry entry : entries) {
      for (Subscription subscription : subscriptions) {
        if (subscription.wants(entry.change())) {
          parcels.add(parcel(entry, subscription, now));
        }
      }
    }
    store.fanOut(name, entries.get(entries.size() - 1).sequence(), parcels, now);
    return entries.size();
  }

  private WebhookStore.Parcel parcel(OutboxEntry entry, Subscription subscription, long now) {
    Delivery delivery =
        new Delivery(
            subscription.id(),
            entry.sequence(),
            subscription.tenant(),
            entry.id(),
            entry.change().event().id(),
            entry.change().type(),
            Delivery.State.PENDING,
            0,
            now,
            now,
            OptionalLong.empty(),
            0,
            "");
    return new WebhookStore.Parcel(delivery, events.body(entry));
  }

  private int send(long now) {
    Map<String, List<WebhookStore.Due>> due =
        store.due(now, BATCH).stream()
            .collect(
                Collectors.groupingBy(
                    one -> one.delivery().webhook(), LinkedHashMap::new, Collectors.toList()));
    List<Future<Integer>> turns = new ArrayList<>();
    due.values().forEach(queue -> turns.add(senders.submit(() -> serve(queue, now))));
    int sent = 0;
    for (Future<Integer> turn : turns) {
      sent += await(turn);
    }
    return sent;
  }

  private static int await(Future<Integer> turn) {
    try {
      return turn.get();
    } catch (ExecutionException e) {
      throw new RelayException("a webhook's turn failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RelayException("stopped while webhooks were sent", e);
    }
  }

  /** One subscriber's turn; returns how many attempts it made. */
  private int serve(List<WebhookStore.Due> queue, long now) {
    int attempts = 0;
    for (WebhookStore.Due due : queue) {
      attempts++;
      if (!attempt(due, now)) {
        break;
      }
    }
    return attempts;
  }

  private boolean attempt(WebhookStore.Due due, long now) {
    Delivery delivery = due.delivery();
    DeliveryTrace.Attempt traced = trace.begin(delivery, due.url());
    try {
      InetAddress address = guard.connectable(due.url());
      byte[] body = due.body().getBytes(StandardCharsets.UTF_8);
      Map<String, String> fields = fields(due, body, now);
      fields.putAll(traced.fields());
      PinnedPost.Answer answer = http.post(due.url(), address, fields, body);
      boolean taken = answer.status() < 300;
      if (taken) {
        store.record(ended(delivery, Delivery.State.DELIVERED, answer.status(), "", now));
      } else if (answer.status() == GONE) {
        gone(delivery, now);
      } else {
        failed(delivery, answer.status(), "HTTP " + answer.status(), answer.retryAfter(), now);
      }
      traced.ended(answer.status(), taken ? "" : "HTTP " + answer.status());
      return taken;
    } catch (IOException | InvalidInputException e) {
      failed(delivery, 0, describe(e), OptionalLong.empty(), now);
      traced.ended(0, describe(e));
    }
    return false;
  }

  private static Map<String, String> fields(WebhookStore.Due due, byte[] body, long now) {
    String id = due.delivery().eventId();
    long timestamp = Math.floorDiv(now, 1000L);
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("Content-Type", CloudEvent.CONTENT_TYPE);
    fields.put("User-Agent", "Foretell");
    fields.put("webhook-id", id);
    fields.put("webhook-timestamp", Long.toString(timestamp));
    fields.put("webhook-signature", Signature.sign(due.secret(), id, timestamp, body));
    return fields;
  }

  /** The receiver says that it is no more: nothing is sent there until somebody switches it on. */
  private void gone(Delivery delivery, long now) {
    store.record(ended(delivery, Delivery.State.DEAD, GONE, "HTTP 410", now));
    store
        .find(delivery.tenant(), delivery.webhook())
        .ifPresent(it -> store.update(it.active(false, "the receiver answered 410 Gone")));
    LOG.warn("webhook {} is switched off: its receiver answered 410 Gone", delivery.webhook());
  }

  private void failed(
      Delivery delivery, int status, String error, OptionalLong retryAfter, long now) {
    int attempts = delivery.attempts() + 1;
    if (config.retry().givesUpAfter(attempts)) {
      store.record(ended(delivery, Delivery.State.DEAD, status, error, now));
      LOG.warn(
          "webhook {} gave up event {} after {} attempts: {}",
          delivery.webhook(),
          delivery.eventId(),
          attempts,
          error);
      return;
    }
    long wait = config.retry().after(attempts).toMillis();
    long asked = Math.min(retryAfter.orElse(0) * 1000, config.retry().longest().toMillis());
    long nextAt = now + Math.max(wait, asked);
    store.record(
        state(delivery, Delivery.State.PENDING, nextAt, OptionalLong.empty(), status, error));
  }

  private static Delivery ended(
      Delivery delivery, Delivery.State state, int status, String error, long now) {
    return state(delivery, state, delivery.nextAt(), OptionalLong.of(now), status, error);
  }

  private static Delivery state(
      Delivery d,
      Delivery.State state,
      long nextAt,
      OptionalLong endedAt,
      int status,
      String error) {
    return new Delivery(
        d.webhook(),
        d.sequence(),
        d.tenant(),
        d.eventId(),
        d.ticket(),
        d.type(),
        state,
        d.attempts() + 1,
        nextAt,
        d.createdAt(),
        endedAt,
        status,
        error);
  }

  private static String describe(Exception e) {
    String text = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return text.length() > 300 ? text.substring(0, 300) : text;
  }

  @Override
  public void close() {
    senders.shutdownNow();
  }
}
