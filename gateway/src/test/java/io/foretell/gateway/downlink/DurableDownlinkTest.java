package io.foretell.gateway.downlink;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.gateway.Downlink.State;
import io.foretell.gateway.Downlink.Tracked;
import io.foretell.gateway.downlink.sql.SqlCommandStore;
import io.foretell.gateway.identity.LiteDatabase;
import io.foretell.proto.Command;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.Position;
import io.foretell.proto.Telemetry;
import io.foretell.proto.Telemetry.Outcome;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableDownlinkTest {
  private static final DeviceId TRUCK = new DeviceId("acme", "truck-1");
  private static final DeviceId OTHER = new DeviceId("acme", "truck-2");
  private static final long START = 1_795_308_448_257L;

  @TempDir Path folder;

  private final AtomicLong now = new AtomicLong(START);
  private final List<String> changes = Collections.synchronizedList(new ArrayList<>());
  private DurableDownlink downlink;
  private long offset;

  @BeforeEach
  void open() {
    SqlCommandStore store = new SqlCommandStore(database(folder.resolve("records.db")));
    downlink = downlink(store, () -> Instant.ofEpochMilli(now.get()));
    downlink.onChange(tracked -> changes.add(tracked.command().id() + " " + tracked.state()));
    downlink.start();
  }

  DurableDownlink downlink(CommandStore store, InstantSource clock) {
    return DurableDownlink.alone(store, clock);
  }

  DataSource database(Path file) {
    return LiteDatabase.at(file);
  }

  @AfterEach
  void close() {
    downlink.close();
  }

  @Test
  void commands_wait_while_the_device_is_away_and_go_out_in_order() throws Exception {
    issue(TRUCK, "c1", "c2");
    issue(TRUCK, "c3");

    List<String> sent = connect(TRUCK);

    assertThat(sent).containsExactly("c1", "c2", "c3");
    assertThat(states()).containsExactly("c1 DELIVERED", "c2 DELIVERED", "c3 DELIVERED");
  }

  @Test
  void command_that_comes_while_the_device_listens_goes_out_at_once_and_once() throws Exception {
    List<String> sent = connect(TRUCK);

    issue(TRUCK, "c1");
    downlink.expire(now.get()).toCompletableFuture().get(60, TimeUnit.SECONDS);
    issue(TRUCK, "c2");

    assertThat(sent).containsExactly("c1", "c2");
  }

  @Test
  void command_keeps_everything_over_a_restart() throws Exception {
    Command whole =
        new Command(
            "c1",
            "install",
            "{\"version\":\"1.0.2\"}",
            START,
            START + 1000,
            List.of("parked", "soc>30\n", ""),
            "campaign:7");
    done(downlink.write(List.of(entry(TRUCK, whole))));

    restart();

    assertThat(downlink.pending(TRUCK)).extracting(Tracked::command).containsExactly(whole);
    assertThat(downlink.recent(TRUCK, 10)).extracting(Tracked::command).containsExactly(whole);
  }

  @Test
  void unanswered_command_goes_out_again_at_each_reconnection_and_after_a_restart()
      throws Exception {
    issue(TRUCK, "c1", "c2");
    assertThat(connect(TRUCK)).containsExactly("c1", "c2");
    assertThat(connect(TRUCK)).containsExactly("c1", "c2");
    reply(TRUCK, "c1", Outcome.ACCEPTED);

    restart();

    assertThat(connect(TRUCK)).containsExactly("c2");
    assertThat(states()).containsExactly("c1 ACCEPTED", "c2 DELIVERED");
  }

  @Test
  void same_command_written_again_is_one_also_after_it_was_done() throws Exception {
    issue(TRUCK, "c1");
    List<String> sent = connect(TRUCK);
    issue(TRUCK, "c1");
    reply(TRUCK, "c1", Outcome.DONE);
    issue(TRUCK, "c1");
    restart();
    issue(TRUCK, "c1");

    assertThat(sent).containsExactly("c1");
    assertThat(connect(TRUCK)).isEmpty();
    assertThat(downlink.recent(TRUCK, 10)).extracting(Tracked::state).containsExactly(State.DONE);
  }

  @Test
  void command_is_done_only_by_its_own_devices_reply() throws Exception {
    issue(TRUCK, "c1");
    issue(OTHER, "c2");
    connect(TRUCK);

    reply(OTHER, "c1", Outcome.DONE);
    reply(TRUCK, "unknown", Outcome.DONE);

    assertThat(states()).containsExactly("c1 DELIVERED");
    assertThat(downlink.ignoredReplies()).isEqualTo(2);

    reply(TRUCK, "c1", Outcome.ACCEPTED);
    reply(TRUCK, "c1", Outcome.DONE);
    reply(TRUCK, "c1", Outcome.FAILED);

    assertThat(downlink.pending(TRUCK)).isEmpty();
    assertThat(changes)
        .containsExactly("c1 QUEUED", "c2 QUEUED", "c1 DELIVERED", "c1 ACCEPTED", "c1 DONE");
    assertThat(downlink.ignoredReplies()).isEqualTo(3);
    assertThat(downlink.recent(TRUCK, 1).get(0).detail()).isEqualTo("well, version=1.0.2");
  }

  @Test
  void same_id_of_two_devices_is_two_commands() throws Exception {
    issue(TRUCK, "c1");
    issue(OTHER, "c1");
    reply(TRUCK, "c1", Outcome.DONE);

    assertThat(downlink.pending(TRUCK)).isEmpty();
    assertThat(downlink.pending(OTHER)).hasSize(1);
  }

  @Test
  void expired_command_is_never_sent() throws Exception {
    issue(TRUCK, "c1");
    now.addAndGet(60_000);

    assertThat(connect(TRUCK)).isEmpty();
    assertThat(changes).containsExactly("c1 QUEUED", "c1 EXPIRED");

    issue(TRUCK, "c2");
    assertThat(downlink.recent(TRUCK, 1))
        .extracting(Tracked::state)
        .containsExactly(State.DELIVERED);
  }

  @Test
  void command_that_is_late_when_it_comes_is_expired_from_the_start() throws Exception {
    Command late = new Command("c1", "reboot", "{}", START - 10, START, List.of(), "user:a");
    List<String> sent = connect(TRUCK);

    done(downlink.write(List.of(entry(TRUCK, late))));

    assertThat(sent).isEmpty();
    assertThat(changes).containsExactly("c1 EXPIRED");
  }

  @Test
  void expire_ends_what_waits_but_gives_the_accepted_time_for_an_outcome() throws Exception {
    issue(TRUCK, "c1", "c2");
    connect(TRUCK);
    reply(TRUCK, "c2", Outcome.ACCEPTED);

    now.addAndGet(60_000);
    assertThat(done(downlink.expire(now.get()))).isEqualTo(1);
    assertThat(states()).containsExactly("c2 ACCEPTED");

    now.addAndGet(DurableDownlink.OUTCOME_GRACE.toMillis());
    assertThat(done(downlink.expire(now.get()))).isEqualTo(1);
    assertThat(downlink.pending(TRUCK)).isEmpty();
  }

  @Test
  void proof_that_comes_after_expiry_still_counts() throws Exception {
    issue(TRUCK, "c1");
    connect(TRUCK);
    now.addAndGet(60_000);
    done(downlink.expire(now.get()));

    reply(TRUCK, "c1", Outcome.ACCEPTED);
    assertThat(downlink.recent(TRUCK, 1)).extracting(Tracked::state).containsExactly(State.EXPIRED);
    reply(TRUCK, "c1", Outcome.DONE);
    assertThat(downlink.recent(TRUCK, 1)).extracting(Tracked::state).containsExactly(State.DONE);
  }

  @Test
  void connection_that_is_full_gets_the_rest_later_in_order() throws Exception {
    issue(TRUCK, "c1", "c2", "c3");
    List<String> sent = Collections.synchronizedList(new ArrayList<>());
    AtomicLong room = new AtomicLong(1);
    downlink.listen(TRUCK, command -> room.getAndDecrement() > 0 && sent.add(command.id()));
    settle();
    assertThat(sent).containsExactly("c1");

    room.set(10);
    done(downlink.expire(now.get()));

    assertThat(sent).containsExactly("c1", "c2", "c3");
  }

  @Test
  void receiver_that_throws_keeps_the_command_waiting() throws Exception {
    issue(TRUCK, "c1");
    downlink.listen(
        TRUCK,
        command -> {
          throw new IllegalStateException("socket gone");
        });
    settle();

    assertThat(states()).containsExactly("c1 QUEUED");
    assertThat(connect(TRUCK)).containsExactly("c1");
  }

  @Test
  void later_connection_takes_over_and_gives_back_when_it_ends() throws Exception {
    List<String> first = connect(TRUCK);
    List<String> second = Collections.synchronizedList(new ArrayList<>());
    AutoCloseable later = downlink.listen(TRUCK, command -> second.add(command.id()));
    issue(TRUCK, "c1");
    reply(TRUCK, "c1", Outcome.DONE);
    later.close();
    issue(TRUCK, "c2");

    assertThat(second).containsExactly("c1");
    assertThat(first).containsExactly("c2");
  }

  @Test
  void closed_connection_gets_nothing() throws Exception {
    List<String> sent = Collections.synchronizedList(new ArrayList<>());
    downlink.listen(TRUCK, command -> sent.add(command.id())).close();
    issue(TRUCK, "c1");

    assertThat(sent).isEmpty();
    assertThat(states()).containsExactly("c1 QUEUED");
  }

  @Test
  void withdraw_and_forget_leave_nothing_behind() throws Exception {
    issue(TRUCK, "c1", "c2");
    assertThat(done(downlink.withdraw(TRUCK))).isEqualTo(2);
    assertThat(connect(TRUCK)).isEmpty();

    now.addAndGet(1);
    assertThat(done(downlink.forget(now.get()))).isEqualTo(2);
    assertThat(downlink.recent(TRUCK, 10)).isEmpty();
  }

  @Test
  void write_after_close_fails_so_that_the_lane_keeps_it() {
    downlink.close();

    assertThat(downlink.write(List.of(entry(TRUCK, command("c1"))))).isCompletedExceptionally();
  }

  private void restart() throws Exception {
    settle();
    downlink.close();
    open();
  }

  private void issue(DeviceId device, String... ids) throws Exception {
    List<Entry<Command>> batch = new ArrayList<>();
    for (String id : ids) {
      batch.add(entry(device, command(id)));
    }
    done(downlink.write(batch));
  }

  private List<String> connect(DeviceId device) throws Exception {
    List<String> sent = Collections.synchronizedList(new ArrayList<>());
    downlink.listen(device, command -> sent.add(command.id()));
    settle();
    return sent;
  }

  private void reply(DeviceId device, String id, Outcome outcome) throws Exception {
    Telemetry reply =
        new Telemetry.Reply(now.get(), id, outcome, "well", Map.of("version", "1.0.2"));
    Telemetry noise = new Telemetry.Presence(now.get(), true, "mqtt", "connected");
    done(downlink.replies().write(List.of(entry(device, noise), entry(device, reply))));
  }

  /** Until the downlink has done all that was asked of it. */
  private void settle() throws Exception {
    done(downlink.write(List.of()));
  }

  private List<String> states() {
    return downlink.pending(TRUCK).stream()
        .map(tracked -> tracked.command().id() + " " + tracked.state())
        .toList();
  }

  private Command command(String id) {
    return new Command(
        id, "reboot", "{}", now.get(), now.get() + 60_000, List.of("parked"), "user:anna");
  }

  private <T> Entry<T> entry(DeviceId device, T value) {
    return new Entry<>(new Position("commands", 0, offset++), 0, device, now.get(), value);
  }

  private static Object done(CompletionStage<?> stage) throws Exception {
    return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
  }
}
