package io.foretell.servicedesk.webhook;

import java.net.URI;
import java.util.Map;

/** Told of every attempt at a delivery; it may add fields to the request. It never throws. */
public interface DeliveryTrace {
  /** Adds nothing and remembers nothing. */
  DeliveryTrace NONE = (delivery, url) -> Attempt.NONE;

  /**
   * An attempt begins; {@link Attempt#ended} is called on the same thread.
   *
   * @param delivery as it was before the attempt
   */
  Attempt begin(Delivery delivery, URI url);

  /** One attempt. */
  interface Attempt {
    /** Nobody wants to know. */
    Attempt NONE =
        new Attempt() {
          @Override
          public Map<String, String> fields() {
            return Map.of();
          }

          @Override
          public void ended(int status, String error) {}
        };

    /** Fields that are sent with the request, by name. */
    Map<String, String> fields();

    /**
     * It is over.
     *
     * @param status of the answer; 0: none came
     * @param error what went wrong; empty: nothing
     */
    void ended(int status, String error);
  }
}
