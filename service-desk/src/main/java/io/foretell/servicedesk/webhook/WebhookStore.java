package io.foretell.servicedesk.webhook;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/** Where subscriptions and deliveries are kept. Calls block on a database. */
public interface WebhookStore {
  /** Keeps a new subscription with its secret. */
  void add(Subscription subscription, String secret);

  /** Keeps a subscription as it is now, with the secret that it has. */
  void update(Subscription subscription);

  /** Forgets a subscription and its deliveries; false where there is none. */
  boolean remove(String tenant, String id);

  /** The subscription of that name. */
  Optional<Subscription> find(String tenant, String id);

  /** A tenant's subscriptions, oldest first. */
  List<Subscription> list(String tenant);

  /** The active subscriptions of every tenant. */
  List<Subscription> active();

  /** Adds deliveries and moves the relay on, together. */
  void fanOut(String relay, long upTo, List<Parcel> parcels, long now);

  /**
   * Deliveries to active subscriptions that are due. One waits while an earlier one of the same
   * ticket to the same subscriber is pending; so the order of a ticket's changes is kept.
   */
  List<Due> due(long now, int limit);

  /** Keeps how an attempt went. */
  void record(Delivery after);

  /** Makes a dead delivery pending again; false where there is none. */
  boolean revive(String tenant, String webhook, long sequence, long now);

  /** A tenant's deliveries before a sequence number, newest first. */
  List<Delivery> log(LogQuery query);

  /** How many deliveries are dead, and how many pending. */
  Backlog backlog();

  /** Forgets deliveries that ended before a moment. */
  void forget(long before);

  /**
   * A delivery to be made.
   *
   * @param body exact bytes as text
   */
  record Parcel(Delivery delivery, String body) {}

  /** A delivery whose time has come. */
  record Due(Delivery delivery, URI url, String secret, String body) {
    @Override
    public String toString() {
      return "Due[" + delivery + "]";
    }
  }

  /**
   * Which deliveries.
   *
   * @param webhook empty: of every subscription
   * @param state empty: in any
   * @param before a sequence number, exclusive
   * @param limit 1–1000
   */
  record LogQuery(
      String tenant,
      Optional<String> webhook,
      Optional<Delivery.State> state,
      long before,
      int limit) {}

  /** What is not delivered. */
  record Backlog(long pending, long dead) {}
}
