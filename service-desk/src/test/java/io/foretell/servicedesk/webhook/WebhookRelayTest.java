package io.foretell.servicedesk.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.foretell.proto.TicketEvent.Urgency;
import io.foretell.servicedesk.ChangeType;
import io.foretell.servicedesk.Desk;
import io.foretell.servicedesk.Findings;
import io.foretell.servicedesk.webhook.Receiver.Say;
import io.foretell.servicedesk.webhook.WebhookStore.LogQuery;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebhookRelayTest {
  private static final Set<ChangeType> ALL = Set.of();
  private static final List<String> LOOPBACK = List.of("127.0.0.0/8");

  @TempDir Path dir;

  private final Findings findings = new Findings(Desk.TENANT);
  private final RetryPolicy retry =
      new RetryPolicy(Duration.ofSeconds(5), 4, Duration.ofMinutes(10), 4);
  private Desk at;
  private AddressGuard guard;
  private WebhookRelay relay;
  private Webhooks webhooks;
  private Receiver receiver;

  Desk desk(Path file) {
    return new Desk(file);
  }

  @BeforeEach
  void open() throws IOException {
    receiver = Receiver.open();
    guard = new AddressGuard(LOOPBACK);
    restart();
  }

  private void restart() {
    at = desk(dir.resolve("desk.db"));
    relay = relay(guard);
    webhooks =
        new Webhooks(at.database.webhooks(), guard, () -> Instant.ofEpochMilli(at.now.get()));
  }

  private WebhookRelay relay(AddressGuard guard) {
    WebhookConfig config = WebhookConfig.defaults().allowing(LOOPBACK).retrying(retry);
    return new WebhookRelay(
        "webhooks",
        at.database.outbox(),
        at.database.webhooks(),
        config,
        guard,
        (SSLSocketFactory) SSLSocketFactory.getDefault());
  }

  @AfterEach
  void close() {
    relay.close();
    receiver.close();
  }

  private void pumpAll(long now) {
    int moved = relay.pump(now);
    for (int i = 0; moved > 0 && i < 50; i++) {
      moved = relay.pump(now);
    }
  }

  private List<Delivery> log() {
    return webhooks.log(
        new LogQuery(Desk.TENANT, Optional.empty(), Optional.empty(), Long.MAX_VALUE, 100));
  }

  @Test
  void change_arrives_as_a_cloud_event_that_its_receiver_can_verify() throws Exception {
    Subscription.Created created =
        webhooks.subscribe(Desk.TENANT, receiver.url("/hook?a=1"), ALL, Urgency.LOW);
    at.take(findings.fault("truck-7", "obd:P0301", Findings.T0));

    pumpAll(Findings.T0 + 1500);

    assertThat(receiver.got).hasSize(1);
    Receiver.Got got = receiver.got.get(0);
    assertThat(got.path()).isEqualTo("/hook?a=1");
    assertThat(got.fields())
        .containsEntry("content-type", "application/cloudevents+json; charset=utf-8")
        .containsEntry("host", "127.0.0.1:" + receiver.port())
        .containsEntry("webhook-timestamp", Long.toString(Findings.T0 / 1000 + 1));
    assertThat(got.fields().get("webhook-signature"))
        .isEqualTo("v1," + expected(created.secret(), got));
    JsonNode event = new ObjectMapper().readTree(got.body());
    assertThat(event.get("specversion").asText()).isEqualTo("1.0");
    assertThat(event.get("id").asText()).isEqualTo(got.fields().get("webhook-id"));
    assertThat(event.get("type").asText()).isEqualTo("io.foretell.ticket.opened.v1");
    assertThat(event.get("source").asText()).isEqualTo("/foretell/tenants/acme");
    assertThat(event.get("subject").asText()).isEqualTo("T-000001");
    assertThat(event.get("time").asText()).isEqualTo("2026-11-22T00:00:00Z");
    assertThat(event.at("/data/device").asText()).isEqualTo("truck-7");
    assertThat(event.at("/data/state").asText()).isEqualTo("OPEN");
    assertThat(log().get(0).state()).isEqualTo(Delivery.State.DELIVERED);
    assertThat(log().get(0).status()).isEqualTo(204);
  }

  /** What the Standard Webhooks specification says, done by hand. */
  private static String expected(String secret, Receiver.Got got) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    byte[] key = Base64.getDecoder().decode(secret.substring("whsec_".length()));
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    String signed =
        got.fields().get("webhook-id")
            + "."
            + got.fields().get("webhook-timestamp")
            + "."
            + got.body();
    return Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void signature_of_the_specification_s_example_is_reproduced() {
    String signature =
        Signature.sign(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1614265330L,
            "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8));

    assertThat(signature).isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  @Test
  void failing_receiver_is_tried_again_later_and_later_with_the_same_id_until_given_up() {
    webhooks.subscribe(Desk.TENANT, receiver.url("/"), ALL, Urgency.LOW);
    receiver.answer = got -> Say.status(500);
    at.take(findings.fault("truck-7", "obd:P0301", Findings.T0));

    long now = Findings.T0;
    pumpAll(now);
    pumpAll(now + 4999);
    assertThat(receiver.got).hasSize(1);
    now += 5000;
    pumpAll(now);
    assertThat(receiver.got).hasSize(2);
    now += 20_000;
    pumpAll(now - 1);
    assertThat(receiver.got).hasSize(2);
    pumpAll(now);
    now += 80_000;
    pumpAll(now);
    pumpAll(now + Duration.ofDays(1).toMillis());

    assertThat(receiver.got).hasSize(4);
    assertThat(receiver.got)
        .extracting(got -> got.fields().get("webhook-id"))
        .containsOnly(receiver.got.get(0).fields().get("webhook-id"));
    assertThat(log().get(0).state()).isEqualTo(Delivery.State.DEAD);
    assertThat(log().get(0).error()).isEqualTo("HTTP 500");

    receiver.answer = got -> Say.status(200);
    at.now.set(now);
    webhooks.sendAgain(Desk.TENANT, log().get(0).webhook(), log().get(0).sequence());
    pumpAll(now);
    assertThat(log().get(0).state()).isEqualTo(Delivery.State.DELIVERED);
  }

  @Test
  void changes_of_a_ticket_keep_their_order_while_other_tickets_go_on() {
    webhooks.subscribe(Desk.TENANT, receiver.url("/"), ALL, Urgency.LOW);
    at.take(findings.fault("truck-1", "obd:P0301", Findings.T0));
    at.desk.acknowledge(Desk.key("T-000001"), "ann");
    at.take(findings.fault("truck-2", "obd:P0301", Findings.T0));
    receiver.answer =
        got -> Say.status(got.body().contains("ticket.opened") && one(got) ? 503 : 200);

    pumpAll(Findings.T0);
    assertThat(receiver.got).extracting(WebhookRelayTest::one).containsExactly(true, false);

    receiver.answer = got -> Say.status(200);
    pumpAll(Findings.T0 + 5000);
    assertThat(receiver.got.subList(2, 4))
        .extracting(got -> got.body().contains("ticket.opened"))
        .containsExactly(true, false);
    assertThat(log()).extracting(Delivery::state).containsOnly(Delivery.State.DELIVERED);
  }

  private static boolean one(Receiver.Got got) {
    return got.body().contains("T-000001");
  }

  @Test
  void receiver_that_asks_for_time_gets_it() {
    webhooks.subscribe(Desk.TENANT, receiver.url("/"), ALL, Urgency.LOW);
    receiver.answer = got -> new Say(429, Map.of("Retry-After", "120"));
    at.take(findings.fault("truck-7", "obd:P0301", Findings.T0));

    pumpAll(Findings.T0);

    assertThat(log().get(0).nextAt()).isEqualTo(Findings.T0 + 120_000);
  }

  @Test
  void receiver_that_is_gone_is_switched_off() {
    Subscription.Created created =
        webhooks.subscribe(Desk.TENANT, receiver.url("/"), ALL, Urgency.LOW);
    receiver.answer = got -> Say.status(410);
    at.take(findings.fault("truck-7", "obd:P0301", Findings.T0));
    pumpAll(Findings.T0);
    at.take(findings.fault("truck-8", "obd:P0301", Findings.T0));
    pumpAll(Findings.T0);

    assertThat(receiver.got).hasSize(1);
    Subscription now = webhooks.find(Desk.TENANT, created.subscription().id());
    assertThat(now.active()).isFalse();
    assertThat(now.note()).contains("410");
  }

  @Test
  void restart_sends_what_was_not_delivered_and_nothing_else() {
    webhooks.subscribe(Desk.TENANT, receiver.url("/"), ALL, Urgency.LOW);
    at.take(findings.fault("truck-1", "obd:P0301", Findings.T0));
    pumpAll(Findings.T0);
    receiver.answer = got -> Say.status(502);
    at.take(findings.fault("truck-2", "obd:P0301", Findings.T0));
    pumpAll(Findings.T0);
    at.take(findings.fault("truck-3", "obd:P0301", Findings.T0));
    relay.close();
    at.database.close();
    receiver.got.clear();

    restart();
    receiver.answer = got -> Say.status(200);
    pumpAll(Findings.T0 + 5000);

    assertThat(receiver.got).hasSize(2);
    assertThat(log()).hasSize(3).allMatch(d -> d.state() == Delivery.State.DELIVERED);
  }

  @Test
  void subscriber_gets_only_what_it_asked_for_of_its_own_tenant() {
    webhooks.subscribe(Desk.TENANT, receiver.url("/high"), Set.of(ChangeType.OPENED), Urgency.HIGH);
    webhooks.subscribe("other", receiver.url("/other"), ALL, Urgency.LOW);
    at.take(findings.predicted("truck-1", "rul:engine", Findings.T0, Duration.ofDays(20)));
    at.take(findings.fault("truck-2", "obd:P0301", Findings.T0));
    at.desk.acknowledge(Desk.key("T-000002"), "ann");

    pumpAll(Findings.T0);

    assertThat(receiver.got).hasSize(1);
    assertThat(receiver.got.get(0).body()).contains("T-000002").contains("ticket.opened");
  }

  @Test
  void redirect_is_not_followed() throws IOException {
    try (Receiver inner = Receiver.open()) {
      webhooks.subscribe(Desk.TENANT, receiver.url("/"), ALL, Urgency.LOW);
      receiver.answer = got -> new Say(307, Map.of("Location", inner.url("/secret")));
      at.take(findings.fault("truck-7", "obd:P0301", Findings.T0));

      pumpAll(Findings.T0);

      assertThat(inner.got).isEmpty();
      assertThat(log().get(0).error()).isEqualTo("HTTP 307");
    }
  }

  @Test
  void name_that_leads_elsewhere_after_it_was_checked_is_not_connected_to() {
    InetAddress[] public1 = {address(93, 184, 216, 34)};
    InetAddress[] loopback = {address(127, 0, 0, 1)};
    AddressGuard.Resolver rebinding =
        new AddressGuard.Resolver() {
          private int asked;

          @Override
          public InetAddress[] resolve(String host) {
            return asked++ == 0 ? public1 : loopback;
          }
        };
    AddressGuard strict = new AddressGuard(List.of(), rebinding);
    Webhooks strictly =
        new Webhooks(at.database.webhooks(), strict, () -> Instant.ofEpochMilli(at.now.get()));
    strictly.subscribe(
        Desk.TENANT, "http://hook.example:" + receiver.port() + "/", ALL, Urgency.LOW);
    at.take(findings.fault("truck-7", "obd:P0301", Findings.T0));

    try (WebhookRelay guarded = relay(strict)) {
      guarded.pump(Findings.T0);
    }

    assertThat(receiver.got).isEmpty();
    assertThat(log().get(0).error()).contains("may not reach");
  }

  @Test
  void name_is_kept_in_the_host_field_while_the_checked_address_is_connected_to() {
    AddressGuard named =
        new AddressGuard(LOOPBACK, host -> new InetAddress[] {address(127, 0, 0, 1)});
    Webhooks hooks =
        new Webhooks(at.database.webhooks(), named, () -> Instant.ofEpochMilli(at.now.get()));
    hooks.subscribe(Desk.TENANT, "http://hook.invalid:" + receiver.port() + "/", ALL, Urgency.LOW);
    at.take(findings.fault("truck-7", "obd:P0301", Findings.T0));

    try (WebhookRelay pinned = relay(named)) {
      pinned.pump(Findings.T0);
    }

    assertThat(receiver.got.get(0).fields())
        .containsEntry("host", "hook.invalid:" + receiver.port());
  }

  private static InetAddress address(int... bytes) {
    byte[] raw = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      raw[i] = (byte) bytes[i];
    }
    try {
      return InetAddress.getByAddress(raw);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void secret_is_in_no_text_form() {
    Subscription.Created created =
        webhooks.subscribe(Desk.TENANT, receiver.url("/"), ALL, Urgency.LOW);
    at.take(findings.fault("truck-7", "obd:P0301", Findings.T0));
    receiver.answer = got -> Say.status(500);
    pumpAll(Findings.T0);

    String due = at.database.webhooks().due(Findings.T0 + 5000, 10).toString();

    assertThat(due).contains("T-000001").doesNotContain(created.secret());
    assertThat(created.toString()).doesNotContain(created.secret());
    assertThat(webhooks.list(Desk.TENANT).toString()).doesNotContain("whsec_");
  }
}
