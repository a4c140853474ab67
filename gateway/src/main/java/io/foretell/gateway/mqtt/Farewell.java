package io.foretell.gateway.mqtt;

import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What is said of a client whose connection has ended: to its presence at once, and its will, which
 * may have to wait.
 */
record Farewell(String connection, Services services, EventExecutor executor) {
  /**
   * Says it.
   *
   * @param will null where there is none, or where it is not the moment for it
   * @param sessionExpiry ms for which the session goes on
   */
  void say(Client client, String reason, @Nullable Will will, long sessionExpiry) {
    String why = will == null ? reason : reason + "; will: " + will.text();
    services.presence().left(client.device(), "mqtt", connection, why);
    if (will != null && will.delayMillis() == 0) {
      will.publish(client.device(), services.door());
    } else if (will != null) {
      publishLater(client, will, Math.min(will.delayMillis(), sessionExpiry));
    }
  }

  /** After its delay or at the session's end, unless the client is back (3.1.3.2.2). */
  private void publishLater(Client client, Will will, long delay) {
    int visit = services.sessions().visits(client.session());
    Runnable unlessBack =
        () -> {
          if (services.sessions().visits(client.session()) == visit) {
            will.publish(client.device(), services.door());
          }
        };
    executor.schedule(unlessBack, delay, TimeUnit.MILLISECONDS);
  }
}
