package io.foretell.firmwareota;

import io.foretell.firmwareota.Rollout.State;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The campaign's state machine: a pure function of (state, event), so that it can be tried with
 * every order of events.
 *
 * <p>It fails closed. Every step looks at all begun waves first and halts at a broken threshold; a
 * next wave begins only where each begun wave shows its success share and the newest has held it
 * for its soak time. What does not answer is never a success: a device that took no command lowers
 * the share, one that fell silent has failed. A wave in which nobody is left to prove anything
 * stays halted. A halted campaign ignores time.
 */
final class RolloutRules {
  private RolloutRules() {}

  /**
   * What a step leads to.
   *
   * @param effects in their order
   */
  record Step(Rollout rollout, List<RolloutEffect> effects) {}

  /**
   * Moves a campaign.
   *
   * @throws InvalidInputException {@link ReasonCode#CONFLICT} where its state does not allow it
   */
  static Step step(List<Wave> plan, Rollout now, RolloutEvent event) {
    if (event instanceof RolloutEvent.Start start) {
      return start(plan, now, start);
    } else if (event instanceof RolloutEvent.Moved moved) {
      return judge(plan, count(now, moved), moved.at(), List.of());
    } else if (event instanceof RolloutEvent.Tick tick) {
      return judge(plan, now, tick.at(), List.of());
    } else if (event instanceof RolloutEvent.Halt halt) {
      require(now, now.state() == State.RUNNING, "halted");
      return halted(now, halt.at(), halt.reason(), List.of());
    } else if (event instanceof RolloutEvent.Resume resume) {
      return resume(plan, now, resume);
    } else {
      return end(now, (RolloutEvent.End) event);
    }
  }

  /** Why a wave must stop the campaign; empty where it need not. */
  static Optional<String> broken(Wave wave, WaveCount count) {
    HaltRule rule = wave.halt();
    int devices = count.counting();
    int failed = count.failed() + count.rolledBack();
    if (count.targets() == 0) {
      return Optional.empty();
    }
    if (devices == 0) {
      return Optional.of("no device is left that could prove anything");
    }
    if (count.rolledBack() > rule.maxRolledBack()) {
      return Optional.of(
          count.rolledBack() + " rolled back, at most " + rule.maxRolledBack() + " may");
    }
    if ((double) failed / devices > rule.maxFailedShare()) {
      return Optional.of(
          failed + " of " + devices + " failed, at most a share of " + rule.maxFailedShare());
    }
    if (count.settled() && !proven(wave, count)) {
      return Optional.of(
          count.succeeded()
              + " of "
              + devices
              + " proved success, a share of "
              + rule.minSuccessShare()
              + " is needed");
    }
    return Optional.empty();
  }

  /** Whether a wave shows what it must before the next. */
  static boolean proven(Wave wave, WaveCount count) {
    return count.targets() == 0
        || (count.counting() > 0
            && (double) count.succeeded() / count.counting() >= wave.halt().minSuccessShare());
  }

  private static Step start(List<Wave> plan, Rollout now, RolloutEvent.Start start) {
    require(now, now.state() == State.DRAFT, "started");
    List<WaveCount> waves = start.sizes().stream().map(WaveCount::of).toList();
    if (waves.size() != plan.size() || waves.stream().allMatch(w -> w.targets() == 0)) {
      throw new InvalidInputException(ReasonCode.CONFLICT, "no device to install on");
    }
    Rollout running = new Rollout(State.RUNNING, 0, 0, waves, "", start.at());
    return judge(plan, running, start.at(), List.of());
  }

  private static Rollout count(Rollout now, RolloutEvent.Moved moved) {
    List<WaveCount> waves = new ArrayList<>(now.waves());
    waves.set(moved.wave(), waves.get(moved.wave()).moved(moved.from(), moved.to()));
    return new Rollout(
        now.state(), now.started(), now.readySince(), waves, now.reason(), now.changedAt());
  }

  private static Step judge(List<Wave> plan, Rollout before, long at, List<RolloutEffect> already) {
    Rollout now = before;
    List<RolloutEffect> effects = new ArrayList<>(already);
    while (now.state() == State.RUNNING) {
      Optional<String> reason = firstBroken(plan, now);
      if (reason.isPresent()) {
        return halted(now, at, reason.get(), effects);
      }
      now = noteReadiness(plan, now, at);
      boolean mayGoOn = now.readySince() > 0 && soaked(plan, now, at);
      if (!mayGoOn) {
        break;
      }
      if (now.started() < plan.size()) {
        now = beginWave(now, effects);
      } else if (now.waves().stream().allMatch(WaveCount::settled)) {
        now = with(now, State.DONE, "", at);
        effects.add(new RolloutEffect.Ended(State.DONE, ""));
      } else {
        break;
      }
    }
    return new Step(now, List.copyOf(effects));
  }

  private static Optional<String> firstBroken(List<Wave> plan, Rollout now) {
    for (int i = 0; i < now.started(); i++) {
      Optional<String> reason = broken(plan.get(i), now.waves().get(i));
      if (reason.isPresent()) {
        return Optional.of("wave " + (i + 1) + ": " + reason.get());
      }
    }
    return Optional.empty();
  }

  private static Rollout noteReadiness(List<Wave> plan, Rollout now, long at) {
    boolean ready = true;
    for (int i = 0; i < now.started(); i++) {
      ready &= proven(plan.get(i), now.waves().get(i));
    }
    long since = !ready ? 0 : now.readySince() == 0 ? Math.max(1, at) : now.readySince();
    return new Rollout(
        now.state(), now.started(), since, now.waves(), now.reason(), now.changedAt());
  }

  private static boolean soaked(List<Wave> plan, Rollout now, long at) {
    if (now.started() == 0 || now.waves().get(now.started() - 1).targets() == 0) {
      return true;
    }
    long soak = plan.get(now.started() - 1).halt().soakMillis();
    return at >= now.readySince() && at - now.readySince() >= soak;
  }

  private static Rollout beginWave(Rollout now, List<RolloutEffect> effects) {
    int wave = now.started();
    List<WaveCount> waves = new ArrayList<>(now.waves());
    if (waves.get(wave).targets() > 0) {
      effects.add(new RolloutEffect.WaveStarted(wave));
      effects.add(new RolloutEffect.Offer(wave));
      waves.set(wave, waves.get(wave).pendingOpened());
    }
    return new Rollout(now.state(), wave + 1, 0, waves, now.reason(), now.changedAt());
  }

  private static Step resume(List<Wave> plan, Rollout now, RolloutEvent.Resume resume) {
    require(now, now.state() == State.HALTED, "resumed");
    List<WaveCount> waves = new ArrayList<>(now.waves());
    List<RolloutEffect> effects = new ArrayList<>();
    effects.add(new RolloutEffect.Resumed());
    effects.add(
        resume.retryFailed()
            ? new RolloutEffect.Retry(now.started())
            : new RolloutEffect.WriteOff(now.started()));
    for (int i = 0; i < now.started(); i++) {
      WaveCount count = waves.get(i);
      waves.set(
          i,
          resume.retryFailed()
              ? count.failuresPending().pendingOpened()
              : count.failuresWrittenOff());
      if (resume.retryFailed()) {
        effects.add(new RolloutEffect.Offer(i));
      }
    }
    Rollout running = new Rollout(State.RUNNING, now.started(), 0, waves, "", resume.at());
    return judge(plan, running, resume.at(), effects);
  }

  private static Step end(Rollout now, RolloutEvent.End end) {
    boolean allowed =
        end.as() == State.CANCELLED
            ? now.state() == State.DRAFT || now.state().live()
            : now.state() != State.DRAFT;
    require(now, allowed, "ended");
    return new Step(
        with(now, end.as(), end.reason(), end.at()),
        List.of(new RolloutEffect.Ended(end.as(), end.reason())));
  }

  private static Step halted(Rollout now, long at, String reason, List<RolloutEffect> already) {
    List<RolloutEffect> effects = new ArrayList<>(already);
    effects.add(new RolloutEffect.Halted(reason));
    return new Step(with(now, State.HALTED, reason, at), List.copyOf(effects));
  }

  private static Rollout with(Rollout now, State state, String reason, long at) {
    return new Rollout(state, now.started(), now.readySince(), now.waves(), reason, at);
  }

  private static void require(Rollout now, boolean allowed, String verb) {
    if (!allowed) {
      throw new InvalidInputException(
          ReasonCode.CONFLICT, "a campaign that is " + now.state() + " cannot be " + verb);
    }
  }
}
