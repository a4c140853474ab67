package io.foretell.servicedesk.webhook;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.TicketEvent.Urgency;
import io.foretell.servicedesk.ChangeType;
import java.net.URI;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/** What people do with webhooks: subscribe, look at the log, send again. */
public final class Webhooks {
  private static final int MOST_PER_TENANT = 50;
  private static final int ID_BYTES = 12;

  private final WebhookStore store;
  private final AddressGuard guard;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();

  /** Webhooks over a store, with the guard that the relay has too. */
  public Webhooks(WebhookStore store, AddressGuard guard, InstantSource clock) {
    this.store = store;
    this.guard = guard;
    this.clock = clock;
  }

  /**
   * Subscribes.
   *
   * @param url http or https, to a place that webhooks may reach
   * @param types of changes; empty: all; not {@link ChangeType#NOTED}
   * @param atLeast of tickets that are at least so urgent
   * @return with the secret, which is never shown again
   * @throws InvalidInputException WRONG_SHAPE, NOT_AUTHORISED (the target), QUOTA_EXCEEDED
   */
  public Subscription.Created subscribe(
      String tenant, String url, Set<ChangeType> types, Urgency atLeast) {
    URI target = guard.target(url);
    refuseUnpublished(types);
    if (store.list(tenant).size() >= MOST_PER_TENANT) {
      throw new InvalidInputException(
          ReasonCode.QUOTA_EXCEEDED, "a tenant has at most " + MOST_PER_TENANT + " webhooks");
    }
    Subscription subscription =
        new Subscription(newId(), tenant, target, types, atLeast, true, "", clock.millis());
    String secret = Signature.newSecret(random);
    store.add(subscription, secret);
    return new Subscription.Created(subscription, secret);
  }

  /** Changes where to, of what, and whether; the secret stays. Throws as {@link #subscribe}. */
  public Subscription change(
      String tenant,
      String id,
      String url,
      Set<ChangeType> types,
      Urgency atLeast,
      boolean active) {
    Subscription before = find(tenant, id);
    URI target = guard.target(url);
    refuseUnpublished(types);
    Subscription now =
        new Subscription(
            id,
            tenant,
            target,
            types,
            atLeast,
            active,
            active ? "" : "switched off",
            before.createdAt());
    store.update(now);
    return now;
  }

  /** Ends a subscription; what is still to be delivered to it is forgotten. */
  public void unsubscribe(String tenant, String id) {
    if (!store.remove(tenant, id)) {
      throw none(id);
    }
  }

  /** A tenant's subscriptions, oldest first. */
  public List<Subscription> list(String tenant) {
    return store.list(tenant);
  }

  /**
   * The subscription of that name.
   *
   * @throws InvalidInputException NOT_FOUND
   */
  public Subscription find(String tenant, String id) {
    return store.find(tenant, id).orElseThrow(() -> none(id));
  }

  /** What was sent, and what became of it, newest first. */
  public List<Delivery> log(WebhookStore.LogQuery query) {
    return store.log(query);
  }

  /**
   * Sends a delivery again that was given up.
   *
   * @throws InvalidInputException NOT_FOUND where none such was given up
   */
  public void sendAgain(String tenant, String id, long sequence) {
    if (!store.revive(tenant, id, sequence, clock.millis())) {
      throw new InvalidInputException(
          ReasonCode.NOT_FOUND, "webhook " + id + " has no dead delivery " + sequence);
    }
  }

  private String newId() {
    byte[] bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    return "wh_" + HexFormat.of().formatHex(bytes);
  }

  private static void refuseUnpublished(Set<ChangeType> types) {
    types.stream()
        .filter(type -> !type.published())
        .findFirst()
        .ifPresent(
            type -> {
              throw new InvalidInputException(
                  ReasonCode.WRONG_SHAPE, "'" + type.word() + "' is not sent to other systems");
            });
  }

  private static InvalidInputException none(String id) {
    return new InvalidInputException(ReasonCode.NOT_FOUND, "no webhook " + id);
  }
}
