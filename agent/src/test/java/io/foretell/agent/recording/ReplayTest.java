package io.foretell.agent.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foretell.agent.Ack;
import io.foretell.agent.Agent;
import io.foretell.agent.GivenUpException;
import io.foretell.agent.ManualScheduler;
import io.foretell.agent.MemorySpool;
import io.foretell.agent.Message;
import io.foretell.agent.ScriptedLink;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class ReplayTest {
  private final ManualScheduler time = new ManualScheduler(1_000_000);
  private final ScriptedLink link = new ScriptedLink();
  private final Agent agent =
      new Agent(
          "d", link, new MemorySpool(100), time, time, new Agent.Settings(100, 100, 1000), c -> {});
  private final List<Integer> progress = new ArrayList<>();

  private static List<Due> due(long... times) {
    List<Due> due = new ArrayList<>();
    for (long at : times) {
      due.add(new Due(at, new Message("v1/frames", new byte[] {(byte) due.size()})));
    }
    return due;
  }

  private CompletableFuture<Replay.Outcome> play(double speed, List<Due> due) {
    return new Replay(agent, due, speed, time, time, progress::add).start().toCompletableFuture();
  }

  @Test
  void messages_go_at_their_moments_divided_by_the_speed() {
    link.answersAtOnce = true;
    agent.start();
    CompletableFuture<Replay.Outcome> outcome = play(10, due(0, 1000, 1000, 5000));
    time.pass(99);
    assertThat(link.all).hasSize(1);
    time.pass(1);
    assertThat(link.all).hasSize(3);
    time.pass(399);
    assertThat(outcome).isNotDone();
    time.pass(1);
    assertThat(outcome).isCompletedWithValue(new Replay.Outcome(4, 0));
    assertThat(progress).containsExactly(1, 2, 3, 4);
    assertThat(time.waiting()).isZero();
  }

  @Test
  void replay_ends_only_with_the_last_acknowledgement_and_counts_rejects() {
    agent.start();
    CompletableFuture<Replay.Outcome> outcome = play(1, due(0, 10));
    time.pass(1000);
    link.answer(1, new Ack(false, "WRONG_SHAPE"));
    assertThat(outcome).isNotDone();
    link.answer(0, Ack.STORED);
    assertThat(outcome).isCompletedWithValue(new Replay.Outcome(2, 1));
  }

  @Test
  void outage_delays_a_replay_but_loses_nothing() {
    link.up = false;
    link.answersAtOnce = true;
    agent.start();
    CompletableFuture<Replay.Outcome> outcome = play(1, due(0, 10, 20));
    time.pass(5000);
    assertThat(outcome).isNotDone();
    link.up = true;
    time.pass(1000);
    assertThat(outcome).isCompletedWithValue(new Replay.Outcome(3, 0));
  }

  @Test
  void empty_recording_is_over_at_once() {
    assertThat(play(1, List.of())).isCompletedWithValue(new Replay.Outcome(0, 0));
  }

  @Test
  void replay_through_an_agent_that_is_closed_fails_instead_of_waiting_for_ever() {
    CompletableFuture<Replay.Outcome> outcome = play(1, due(0, 10));
    agent.close();
    time.pass(100);
    assertThatThrownBy(outcome::join).hasRootCauseInstanceOf(GivenUpException.class);
  }

  @Test
  void speed_that_is_none_is_refused() {
    for (double speed : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> play(speed, due(0))).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
