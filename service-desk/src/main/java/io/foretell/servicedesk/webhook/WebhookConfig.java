package io.foretell.servicedesk.webhook;

import java.time.Duration;
import java.util.List;

/**
 * How webhooks are sent.
 *
 * @param source the beginning of each event's CloudEvents {@code source}, a URI reference
 * @param allowedNetworks networks (CIDR) of this machine or site that may be targets although they
 *     are not public: {@code 10.1.0.0/16}, {@code 127.0.0.0/8}; none by default
 * @param connectTimeout for a connection
 * @param answerTimeout from the connection to the end of the answer's head
 * @param retry what happens after a failure
 * @param parallel how many subscribers are served at the same time
 * @param keepLog how long ended deliveries stay in the log
 */
public record WebhookConfig(
    String source,
    List<String> allowedNetworks,
    Duration connectTimeout,
    Duration answerTimeout,
    RetryPolicy retry,
    int parallel,
    Duration keepLog) {
  /** Copies the networks. */
  public WebhookConfig {
    allowedNetworks = List.copyOf(allowedNetworks);
  }

  /** What is used where nothing is set. */
  public static WebhookConfig defaults() {
    return new WebhookConfig(
        "/foretell",
        List.of(),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        RetryPolicy.defaults(),
        8,
        Duration.ofDays(30));
  }

  /** The same with other networks allowed. */
  public WebhookConfig allowing(List<String> networks) {
    return new WebhookConfig(
        source, networks, connectTimeout, answerTimeout, retry, parallel, keepLog);
  }

  /** The same with another policy after a failure. */
  public WebhookConfig retrying(RetryPolicy policy) {
    return new WebhookConfig(
        source, allowedNetworks, connectTimeout, answerTimeout, policy, parallel, keepLog);
  }
}
