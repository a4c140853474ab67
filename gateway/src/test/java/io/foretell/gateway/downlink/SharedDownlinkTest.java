package io.foretell.gateway.downlink;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.gateway.Downlink.State;
import io.foretell.gateway.Downlink.Tracked;
import io.foretell.gateway.downlink.sql.SqlCommandStore;
import io.foretell.gateway.identity.PostgresDatabase;
import io.foretell.proto.Await;
import io.foretell.proto.Command;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.Position;
import io.foretell.proto.Telemetry;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** All that holds for one process holds for one of several; and what holds among them. */
class SharedDownlinkTest extends DurableDownlinkTest {
  private static final DeviceId TRUCK = new DeviceId("acme", "truck-9");

  private final List<DurableDownlink> processes = new ArrayList<>();

  @Override
  DataSource database(Path file) {
    return PostgresDatabase.at(file);
  }

  @Override
  DurableDownlink downlink(CommandStore store, InstantSource clock) {
    return DurableDownlink.shared(store, clock);
  }

  @AfterEach
  void stop() {
    processes.forEach(DurableDownlink::close);
  }

  private DurableDownlink process() {
    DurableDownlink process =
        DurableDownlink.shared(
            new SqlCommandStore(database(folder.resolve("records.db"))), () -> START);
    process.start();
    processes.add(process);
    return process;
  }

  @Test
  void command_reaches_the_process_that_has_the_device_whichever_passes_it_first() {
    DurableDownlink one = process();
    DurableDownlink other = process();
    DurableDownlink desk = process();
    List<String> sent = Collections.synchronizedList(new ArrayList<>());
    List<Entry<Command>> batch = List.of(entry("c1"));
    Await.done(one.write(batch));
    Await.done(desk.write(batch));
    var listening = other.listen(TRUCK, command -> sent.add(command.id()));
    Await.until("it came with the device", () -> sent.equals(List.of("c1")));
    Await.done(other.write(batch));
    Await.done(other.write(List.of(entry("c2"))));
    Await.until("it came to the device", () -> sent.equals(List.of("c1", "c2")));
    Await.until("both are under way", () -> states(desk).equals(List.of("DELIVERED", "DELIVERED")));

    // The session moves while a command is on the lane.
    listening.close();
    List<String> there = Collections.synchronizedList(new ArrayList<>());
    var moved = one.listen(TRUCK, command -> there.add(command.id()));
    Await.until("what was not answered came again", () -> there.equals(List.of("c1", "c2")));
    Await.done(desk.replies().write(List.of(reply("c1", 7))));
    Await.done(one.write(List.of(entry("c3"))));
    Await.until("what is new came", () -> there.equals(List.of("c1", "c2", "c3")));
    assertThat(sent).hasSize(2);
    moved.close();
  }

  @Test
  void what_is_done_stays_done_whoever_else_moves_it() {
    DurableDownlink gateway = process();
    DurableDownlink worker = process();
    Await.done(worker.write(List.of(entry("c1"), entry("c2"))));
    CompletableFuture<Boolean> answered = new CompletableFuture<>();
    var listening =
        gateway.listen(
            TRUCK,
            command -> {
              // It answers before the gateway has noted that the command went out.
              Await.done(worker.replies().write(List.of(reply(command.id(), 1))));
              return answered.complete(true) || true;
            });
    Await.done(answered);
    Await.done(gateway.expire(START.toEpochMilli() + 1_000_000));

    assertThat(states(worker)).containsExactly("DONE", "DONE");
    listening.close();
  }

  private static final Instant START = Instant.ofEpochMilli(1_795_308_448_257L);

  private static Entry<Command> entry(String id) {
    long at = START.toEpochMilli();
    Command command = new Command(id, "routine", "{}", at, at + 60_000, List.of(), "user:test");
    return new Entry<>(new Position("commands", 0, 0), 0, TRUCK, at, command);
  }

  private static Entry<Telemetry> reply(String id, int offset) {
    long at = START.toEpochMilli();
    return new Entry<>(
        new Position("uplink", 0, offset),
        0,
        TRUCK,
        at,
        new Telemetry.Reply(at, id, Telemetry.Outcome.DONE, "", Map.of()));
  }

  private static List<String> states(DurableDownlink downlink) {
    return downlink.recent(TRUCK, 10).stream().map(Tracked::state).map(State::name).toList();
  }
}
