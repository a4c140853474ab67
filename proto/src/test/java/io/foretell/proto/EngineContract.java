package io.foretell.proto;

import static io.foretell.proto.JournalStage.HEARD;
import static io.foretell.proto.JournalStage.SAID;
import static io.foretell.proto.LaneContract.TEXT;
import static io.foretell.proto.Sayings.append;
import static io.foretell.proto.Sayings.collecting;
import static io.foretell.proto.Sayings.journal;
import static io.foretell.proto.Sayings.replayed;
import static io.foretell.proto.Sayings.said;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.foretell.proto.JournalStage.Journal;
import io.foretell.proto.wire.Topics;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every engine must do for stages and sinks. An engine's test extends it. */
public abstract class EngineContract {
  private static final DeviceId TRUCK = DeviceId.parse("truck");
  private static final DeviceId VAN = DeviceId.parse("van");
  private static final long START = 1000;

  // It stands before all that tests append, so that only a test that moves it gets ticks by it.
  private final HandClock clock = new HandClock(0);
  private final List<Engine> opened = new ArrayList<>();
  private final Sent sent = new Sent();

  /** Another engine over the storage of this test, which is empty when the test begins. */
  protected abstract Engine engine(InstantSource clock);

  /** The clock has been moved: lets the engine see it soon. */
  protected abstract void clockMoved(Engine engine);

  @AfterEach
  void close_all() {
    opened.forEach(Engine::close);
  }

  @Test
  void stage_folds_the_entries_of_a_device_in_order() {
    Engine engine = started(new Recorder<>());
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      sent.add(engine, TRUCK, i, "t" + i);
      sent.add(engine, VAN, i, "v" + i);
      expected.add("t" + i + "@" + i);
    }
    idle(engine);

    assertThat(said(engine, TRUCK)).isEqualTo(expected);
    assertThat(journal(engine, TRUCK)).isEqualTo(String.join(";", expected) + ";");
    assertThat(journal(engine, VAN)).startsWith("v0@0;v1@1;");
  }

  @Test
  void state_of_a_device_never_seen_is_empty_and_of_a_stage_never_hosted_an_error() {
    Engine engine = started(new Recorder<>());

    assertThat(engine.state("journal", TRUCK, Journal.class)).isEmpty();
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> engine.state("nobody", TRUCK, Journal.class))
        .extracting(InvalidInputException::reason)
        .isEqualTo(ReasonCode.NOT_FOUND);
  }

  @Test
  void state_read_is_a_copy() {
    Engine engine = started(new Recorder<>());
    append(engine, TRUCK, 1, "a");
    idle(engine);

    engine.state("journal", TRUCK, Journal.class).orElseThrow().log.append("scribble");
    append(engine, TRUCK, 2, "b");
    idle(engine);

    assertThat(journal(engine, TRUCK)).isEqualTo("a@1;b@2;");
  }

  @Test
  void each_state_comes_in_the_order_of_keys() {
    Engine engine = started(new Recorder<>());
    List<DeviceId> keys = new ArrayList<>();
    for (String tenant : List.of("b", "a.b", "a")) {
      for (int i = 0; i < 300; i++) {
        DeviceId key = new DeviceId(tenant, "d" + i);
        keys.add(key);
        engine.lane(TEXT).append(key, 1, "x");
      }
    }
    Await.done(engine.lane(TEXT).append(TRUCK, 1, "x"));
    keys.add(TRUCK);
    idle(engine);

    List<DeviceId> seen = new ArrayList<>();
    engine.eachState("journal", Journal.class, (key, state) -> seen.add(key));

    assertThat(seen).isEqualTo(keys.stream().sorted().toList());
  }

  @Test
  void stage_goes_on_after_a_restart_with_each_output_once() {
    List<String> expected = new ArrayList<>();
    for (int round = 0; round < 3; round++) {
      Recorder<String> heard = new Recorder<>();
      Engine engine = started(heard);
      for (int i = 0; i < 200; i++) {
        sent.add(engine, TRUCK, i, round + "/" + i);
        expected.add(round + "/" + i + "@" + i);
      }
      sent.await();
      if (round == 1) {
        idle(engine);
      }
      engine.close();
    }

    Engine engine = started(new Recorder<>());
    idle(engine);

    assertThat(said(engine, TRUCK)).isEqualTo(expected);
    assertThat(journal(engine, TRUCK)).isEqualTo(String.join(";", expected) + ";");
  }

  @Test
  void pass_sink_has_a_value_before_the_state_is_committed() {
    Recorder<String> heard = new Recorder<String>().holding();
    Engine engine = started(heard);
    append(engine, TRUCK, 1, "a");
    Await.until("the sink is given it", () -> heard.of(TRUCK).equals(List.of("a@1")));

    assertThat(engine.state("journal", TRUCK, Journal.class)).isEmpty();
    assertThat(LaneContract.all(engine.lane(SAID))).isEmpty();
    assertThat(engine.lag("journal")).isEqualTo(1);
    assertThat(engine.lag("heard")).isEqualTo(1);

    heard.release();
    idle(engine);
    assertThat(journal(engine, TRUCK)).isEqualTo("a@1;");
    assertThat(said(engine, TRUCK)).containsExactly("a@1");
  }

  @Test
  void pass_sink_that_fails_gets_the_same_batch_again_and_outputs_come_once() {
    Recorder<String> heard = new Recorder<String>().failing(3);
    Engine engine = started(heard);
    sent.add(engine, TRUCK, 50);
    idle(engine);

    List<List<Entry<String>>> batches = heard.batches();
    assertThat(batches.get(1)).isEqualTo(batches.get(0));
    assertThat(batches.get(2)).isEqualTo(batches.get(0));
    assertThat(batches.get(3)).isEqualTo(batches.get(0));
    assertThat(heard.taken()).doesNotHaveDuplicates().hasSize(50);
    assertThat(said(engine, TRUCK)).hasSize(50).doesNotHaveDuplicates();
  }

  @Test
  void pass_sink_that_never_answers_before_a_close_gets_the_values_again() {
    Recorder<String> silent = new Recorder<String>().holding();
    Engine before = started(silent);
    append(before, TRUCK, 1, "a");
    Await.until("the sink is given it", () -> silent.taken().size() == 1);
    before.close();

    Recorder<String> heard = new Recorder<>();
    Engine after = started(heard);
    idle(after);

    assertThat(heard.taken()).isEqualTo(silent.taken());
    assertThat(said(after, TRUCK)).containsExactly("a@1");
  }

  @Test
  void pass_values_have_the_position_of_their_cause_and_count_up_within_it() {
    Recorder<String> heard = new Recorder<>();
    Engine engine = started(heard);
    Position first = Await.done(engine.lane(TEXT).append(TRUCK, 10, "wake 20"));
    Position second = Await.done(engine.lane(TEXT).append(TRUCK, 30, "b"));
    idle(engine);

    List<Entry<String>> taken = heard.taken();
    assertThat(taken).extracting(Entry::value).containsExactly("wake 20@10", "tick@20", "b@30");
    assertThat(taken).extracting(Entry::at).containsExactly(10L, 20L, 30L);
    assertThat(taken).extracting(Entry::position).containsExactly(first, first, second);
    assertThat(taken.get(1).ordinal()).isGreaterThan(taken.get(0).ordinal());
  }

  @Test
  void durable_sink_gets_every_entry_in_the_order_of_each_device() {
    Recorder<String> texts = new Recorder<>();
    Engine engine = open();
    engine.attach("texts", TEXT, texts);
    engine.start();
    for (int i = 0; i < 300; i++) {
      sent.add(engine, TRUCK, i, "t" + i);
      sent.add(engine, VAN, i, "v" + i);
    }
    sent.await();
    Await.until("all are taken", () -> engine.lag("texts") == 0);

    assertThat(texts.taken()).hasSize(600);
    assertThat(texts.of(TRUCK)).hasSize(300).startsWith("t0", "t1").endsWith("t298", "t299");
    assertThat(texts.taken()).allMatch(entry -> entry.ordinal() == 0);
  }

  @Test
  void durable_sink_that_fails_gets_the_same_batch_again() {
    Recorder<String> texts = new Recorder<String>().failing(3);
    Engine engine = open();
    engine.attach("texts", TEXT, texts);
    engine.start();
    append(engine, TRUCK, 1, "a");
    append(engine, TRUCK, 2, "b");
    Await.until("all are taken", () -> engine.lag("texts") == 0);

    assertThat(texts.batches().get(1)).isEqualTo(texts.batches().get(0));
    assertThat(texts.of(TRUCK)).containsExactly("a", "b");
  }

  @Test
  void durable_sink_goes_on_after_a_restart() {
    Recorder<String> before = new Recorder<>();
    Engine first = open();
    first.attach("texts", TEXT, before);
    first.start();
    append(first, TRUCK, 1, "a");
    Await.until("it is taken", () -> first.lag("texts") == 0);
    first.close();

    Recorder<String> after = new Recorder<>();
    Engine second = open();
    second.attach("texts", TEXT, after);
    second.start();
    append(second, TRUCK, 2, "b");
    Await.until("it is taken", () -> second.lag("texts") == 0);

    assertThat(after.of(TRUCK)).containsExactly("b");
  }

  @Test
  void slow_sink_loses_nothing_and_holds_up_no_other() {
    Recorder<String> slow = new Recorder<String>().holding();
    Recorder<String> quick = new Recorder<>();
    Engine engine = open();
    engine.attach("slow", TEXT, slow);
    engine.attach("quick", TEXT, quick);
    engine.start();
    for (int i = 0; i < 1000; i++) {
      sent.add(engine, DeviceId.parse("d" + i % 50), i, "" + i);
    }
    sent.await();
    Await.until("the quick one has all", () -> engine.lag("quick") == 0);
    assertThat(engine.lag("slow")).isEqualTo(1000);

    slow.release();
    Await.until("the slow one has all", () -> engine.lag("slow") == 0);

    assertThat(slow.taken()).hasSize(1000).doesNotHaveDuplicates();
    assertThat(quick.taken()).hasSize(1000).doesNotHaveDuplicates();
  }

  @Test
  void output_of_a_stage_is_read_by_the_next_stage_and_its_sinks() {
    Recorder<String> said = new Recorder<>();
    Engine engine = open();
    engine.host("journal", TEXT, new JournalStage());
    engine.host("second", SAID, new CountStage());
    engine.attach("said", SAID, said);
    engine.start();
    sent.add(engine, TRUCK, 100);
    sent.await();

    Await.until("the last stage has all", () -> count(engine, TRUCK) == 100);
    Await.until("the sink has all", () -> said.taken().size() == 100);
  }

  @Test
  void poisoned_entry_is_skipped_and_the_state_is_as_before_it() {
    Recorder<String> heard = new Recorder<>();
    Engine engine = started(heard);
    List<CompletionStage<Position>> appends = new ArrayList<>();
    for (String value : List.of("poison", "a", "poison", "b", "wake 25", "poison", "poison", "c")) {
      appends.add(engine.lane(TEXT).append(TRUCK, 10L * (appends.size() + 1), value));
      engine.lane(TEXT).append(VAN, 1, "v" + appends.size());
    }
    appends.forEach(Await::done);
    idle(engine);
    append(engine, TRUCK, 100, "poison");
    append(engine, TRUCK, 110, "d");
    idle(engine);

    assertThat(journal(engine, TRUCK)).isEqualTo("a@20;b@40;wake 25@50;tick@25;c@80;d@110;");
    assertThat(said(engine, TRUCK))
        .containsExactly("a@20", "b@40", "wake 25@50", "tick@25", "c@80", "d@110");
    assertThat(heard.of(TRUCK)).isEqualTo(said(engine, TRUCK));
    assertThat(journal(engine, VAN)).isEqualTo("v1@1;v2@1;v3@1;v4@1;v5@1;v6@1;v7@1;v8@1;");
    assertThat(replayed(engine).get(TRUCK)).isEqualTo(said(engine, TRUCK));
  }

  @Test
  void device_that_only_ever_poisons_has_no_state() {
    Engine engine = started(new Recorder<>());
    append(engine, TRUCK, 1, "poison");
    append(engine, VAN, 2, "a");
    idle(engine);

    assertThat(engine.state("journal", TRUCK, Journal.class)).isEmpty();
    assertThat(journal(engine, VAN)).isEqualTo("a@2;");
  }

  @Test
  void tick_that_throws_is_skipped_and_the_device_goes_on() {
    Engine engine = started(new Recorder<>());
    append(engine, TRUCK, 1000, "bomb 2000");
    idle(engine);
    moveTo(engine, 3000);
    append(engine, VAN, 3000, "v");
    append(engine, TRUCK, 3000, "wake 4000");
    idle(engine);
    moveTo(engine, 5000);

    Await.until("the next tick comes", () -> said(engine, TRUCK).contains("tick@4000"));
    assertThat(said(engine, TRUCK))
        .containsExactly("bomb 2000@1000", "wake 4000@3000", "tick@4000");
  }

  @Test
  void poisoned_uplink_is_kept_as_a_reject_with_its_bytes_and_place() {
    Engine engine = open();
    engine.host("uplinks", Topics.UPLINK, new FailingStage());
    engine.start();
    byte[] payload = {1, 2, 3};
    Uplink uplink = new Uplink(UplinkKind.FAULTS, START, "application/x-protobuf", "mqtt", payload);
    Position position = Await.done(engine.lane(Topics.UPLINK).append(TRUCK, START, uplink));
    Await.until("it is passed over", () -> engine.lag("uplinks") == 0);

    List<Entry<Reject>> rejects = LaneContract.all(engine.lane(Topics.REJECTS));
    assertThat(rejects).hasSize(1);
    Reject reject = rejects.get(0).value();
    assertThat(rejects.get(0).key()).isEqualTo(TRUCK);
    assertThat(reject.reason()).isEqualTo(ReasonCode.INTERNAL);
    assertThat(reject.payload()).isEqualTo(payload);
    assertThat(reject.from()).contains(position);
    assertThat(reject.via()).isEqualTo("mqtt");
    assertThat(reject.route()).isEqualTo("v1/faults");
    assertThat(reject.contentType()).isEqualTo("application/x-protobuf");
  }

  @Test
  void tick_comes_before_the_first_entry_that_is_not_before_it_with_its_own_time() {
    Engine engine = started(new Recorder<>());
    append(engine, TRUCK, 10, "wake 50");
    append(engine, TRUCK, 49, "a");
    append(engine, TRUCK, 50, "b");
    append(engine, TRUCK, 51, "wake 60");
    append(engine, VAN, 1000, "other devices do not count");
    append(engine, TRUCK, 70, "c");
    idle(engine);

    assertThat(said(engine, TRUCK))
        .containsExactly("wake 50@10", "a@49", "tick@50", "b@50", "wake 60@51", "tick@60", "c@70");
  }

  @Test
  void tick_that_wants_further_ticks_gets_each_at_its_time() {
    Engine engine = started(new Recorder<>());
    append(engine, TRUCK, 0, "every 10");
    append(engine, TRUCK, 20, "a");
    append(engine, TRUCK, 100, "b");
    idle(engine);

    assertThat(said(engine, TRUCK))
        .containsExactly("every 10@0", "tick@10", "tick@20", "a@20", "tick@30", "b@100");
  }

  @Test
  void tick_comes_by_the_clock_where_no_entry_comes_and_only_once() {
    Engine engine = started(new Recorder<>());
    append(engine, TRUCK, 1000, "wake 2000");
    append(engine, VAN, 1000, "every 400");
    idle(engine);
    moveTo(engine, 1999);
    Await.until("the van ticks", () -> said(engine, VAN).contains("tick@1800"));
    assertThat(said(engine, TRUCK)).containsExactly("wake 2000@1000");

    moveTo(engine, 2000);
    Await.until("the truck ticks", () -> said(engine, TRUCK).contains("tick@2000"));
    append(engine, TRUCK, 3000, "a");
    append(engine, VAN, 3000, "b");
    idle(engine);

    assertThat(said(engine, TRUCK)).containsExactly("wake 2000@1000", "tick@2000", "a@3000");
    assertThat(said(engine, VAN))
        .containsExactly("every 400@1000", "tick@1400", "tick@1800", "tick@2200", "b@3000");
  }

  @Test
  void tick_that_was_put_off_comes_at_the_new_time_alone() {
    Engine engine = started(new Recorder<>());
    append(engine, TRUCK, 1000, "wake 2000");
    idle(engine);
    append(engine, TRUCK, 1500, "wake 3000");
    idle(engine);
    moveTo(engine, 2500);
    append(engine, TRUCK, 2500, "a");
    idle(engine);
    moveTo(engine, 3000);

    Await.until("it ticks", () -> said(engine, TRUCK).contains("tick@3000"));
    assertThat(said(engine, TRUCK))
        .containsExactly("wake 2000@1000", "wake 3000@1500", "a@2500", "tick@3000");
  }

  @Test
  void tick_that_came_due_while_the_engine_was_down_comes_after_the_restart() {
    Engine before = started(new Recorder<>());
    append(before, TRUCK, 1000, "wake 2000");
    idle(before);
    before.close();
    clock.to(5000);

    Engine after = started(new Recorder<>());

    Await.until("it ticks", () -> said(after, TRUCK).contains("tick@2000"));
    after.close();
    Engine again = started(new Recorder<>());
    append(again, TRUCK, 6000, "a");
    idle(again);
    assertThat(said(again, TRUCK)).containsExactly("wake 2000@1000", "tick@2000", "a@6000");
  }

  @Test
  void entry_later_than_a_tick_by_the_clock_does_not_get_before_it_in_a_replay() {
    Engine engine = started(new Recorder<>());
    append(engine, TRUCK, 1000, "wake 2000");
    idle(engine);
    moveTo(engine, 2500);
    Await.until("it ticks", () -> said(engine, TRUCK).contains("tick@2000"));

    append(engine, TRUCK, 1500, "late");
    append(engine, TRUCK, 2600, "b");
    idle(engine);

    assertThat(said(engine, TRUCK)).element(1).isEqualTo("tick@2000");
    assertThat(replayed(engine).get(TRUCK)).isEqualTo(said(engine, TRUCK));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void replay_gives_what_the_hosted_run_gave(long seed) {
    Random random = new Random(seed);
    Recorder<String> heard = new Recorder<>();
    AtomicReference<Engine> engine = new AtomicReference<>(started(heard));
    long at = START;
    for (int step = 0; step < 400; step++) {
      at += random.nextInt(30);
      DeviceId device = DeviceId.parse("d" + random.nextInt(7));
      long slack = random.nextInt(60) - 30L;
      String value =
          switch (random.nextInt(8)) {
            case 0, 1 -> "wake " + (at + random.nextInt(200) - 20);
            case 2 -> "every " + (1 + random.nextInt(60));
            case 3 -> "poison";
            case 4 -> "quiet " + step;
            case 5 -> "bomb " + (at + random.nextInt(100));
            default -> "text" + step;
          };
      engine.get().lane(TEXT).append(device, at + slack, value);
      if (random.nextInt(10) == 0) {
        moveTo(engine.get(), at);
      }
      if (random.nextInt(100) == 0) {
        engine.get().close();
        engine.set(started(new Recorder<>()));
      }
    }
    long end = at + 10_000;
    for (int d = 0; d < 7; d++) {
      append(engine.get(), DeviceId.parse("d" + d), end, "end");
    }
    moveTo(engine.get(), end);
    idle(engine.get());

    Map<DeviceId, List<String>> replayed = replayed(engine.get());

    for (int d = 0; d < 7; d++) {
      DeviceId device = DeviceId.parse("d" + d);
      assertThat(replayed.get(device)).isEqualTo(said(engine.get(), device));
    }
  }

  @Test
  void replay_leaves_what_is_hosted_alone_and_ticks_until_the_last_entry() {
    Engine engine = started(new Recorder<>());
    append(engine, TRUCK, 10, "wake 50");
    append(engine, TRUCK, 20, "wake 70");
    append(engine, VAN, 60, "wake 60");
    append(engine, VAN, 69, "a");
    idle(engine);
    List<String> before = said(engine, TRUCK);

    List<String> out = new ArrayList<>();
    long count = engine.replay(TEXT, new JournalStage(), collecting(SAID, out));

    assertThat(count).isEqualTo(4);
    assertThat(out)
        .containsExactlyInAnyOrder("wake 50@10", "wake 70@20", "wake 60@60", "tick@60", "a@69");
    assertThat(said(engine, TRUCK)).isEqualTo(before);
    assertThat(engine.lag("journal")).isZero();
  }

  @Test
  void replay_of_another_stage_gives_that_stages_answer() {
    Engine engine = started(new Recorder<>());
    sent.add(engine, TRUCK, 100);
    sent.await();

    List<String> out = new ArrayList<>();
    engine.replay(TEXT, new CountStage(), collecting(HEARD, out));

    assertThat(out).hasSize(100).endsWith("count 100");
  }

  @Test
  void emit_kept_beyond_its_call_is_refused() {
    AtomicReference<Emit> kept = new AtomicReference<>();
    Engine engine = open();
    engine.host("keeper", TEXT, new KeepingStage(kept));
    engine.start();
    append(engine, TRUCK, 1, "a");
    Await.until("it is folded", () -> engine.lag("keeper") == 0);

    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> kept.get().to(SAID, TRUCK, "out of turn"));
    assertThat(LaneContract.all(engine.lane(SAID))).isEmpty();
  }

  @Test
  void host_after_start_or_under_a_taken_name_is_refused() {
    Engine engine = open();
    engine.host("journal", TEXT, new JournalStage());
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> engine.attach("journal", SAID, new Recorder<>()));
    engine.start();
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> engine.host("late", TEXT, new JournalStage()));
  }

  @Test
  void health_is_ready_between_start_and_close() {
    Engine engine = open();
    assertThat(engine.health().ready()).isFalse();
    engine.start();
    assertThat(engine.health().ready()).isTrue();
    engine.close();
    assertThat(engine.health().ready()).isFalse();
  }

  private Engine open() {
    Engine engine = engine(clock);
    engine.lane(SAID);
    opened.add(engine);
    return engine;
  }

  private Engine started(Sink<String> heard) {
    Engine engine = open();
    engine.host("journal", TEXT, new JournalStage());
    engine.attach("heard", HEARD, heard);
    engine.start();
    return engine;
  }

  private void moveTo(Engine engine, long millis) {
    clock.to(millis);
    clockMoved(engine);
  }

  private void idle(Engine engine) {
    sent.await();
    Await.until("the stage has folded all", () -> engine.lag("journal") == 0);
  }

  private static long count(Engine engine, DeviceId device) {
    return engine.state("second", device, Long.class).orElse(0L);
  }
}
