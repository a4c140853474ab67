package io.foretell.firmwareota;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.firmwareota.DeviceStatus.Bucket;
import io.foretell.firmwareota.Rollout.State;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class RolloutRulesTest {
  private static final long SOAK = 100;

  /** A campaign whose devices the test itself keeps count of. */
  private static final class Model {
    final List<Wave> plan;
    final int[] sizes;
    final List<Bucket[]> devices = new ArrayList<>();
    final Random random;
    Rollout rollout = Rollout.draft(0);
    long now = 1;
    long offeredAt;

    Model(long seed) {
      random = new Random(seed);
      plan = new ArrayList<>();
      int waves = 1 + random.nextInt(4);
      for (int i = 0; i < waves; i++) {
        plan.add(
            new Wave(
                new Wave.Count(1),
                new HaltRule(
                    random.nextInt(4) / 10.0,
                    random.nextInt(2),
                    1,
                    (1 + random.nextInt(10)) / 10.0,
                    random.nextBoolean() ? 0 : SOAK)));
      }
      sizes = random.ints(waves, 0, 6).toArray();
      sizes[random.nextInt(waves)] += 1;
      for (int size : sizes) {
        Bucket[] wave = new Bucket[size];
        Arrays.fill(wave, Bucket.PENDING);
        devices.add(wave);
      }
    }

    void apply(RolloutEvent event) {
      State before = rollout.state();
      RolloutRules.Step step = RolloutRules.step(plan, rollout, event);
      rollout = step.rollout();
      for (RolloutEffect effect : step.effects()) {
        if (effect instanceof RolloutEffect.Offer offer) {
          onOffer(offer.wave(), before, event);
        } else if (effect instanceof RolloutEffect.WriteOff off) {
          replaceFailed(off.waves(), Bucket.WRITTEN_OFF);
        } else if (effect instanceof RolloutEffect.Retry retry) {
          replaceFailed(retry.waves(), Bucket.PENDING);
        } else if (effect instanceof RolloutEffect.Ended ended && ended.as() == State.DONE) {
          IntStream.range(0, plan.size()).forEach(this::assertProven);
        }
      }
      assertCounts();
      assertHaltedWhereBroken();
    }

    private void onOffer(int wave, State before, RolloutEvent event) {
      boolean aPersonActs =
          event instanceof RolloutEvent.Resume || event instanceof RolloutEvent.Start;
      assertThat(before == State.RUNNING || aPersonActs).isTrue();
      boolean retry = event instanceof RolloutEvent.Resume resume && resume.retryFailed();
      if (!retry) {
        IntStream.range(0, wave).forEach(this::assertProven);
        if (wave > 0 && sizes[wave - 1] > 0) {
          assertThat(now - offeredAt)
              .isGreaterThanOrEqualTo(plan.get(wave - 1).halt().soakMillis());
        }
      }
      offeredAt = now;
      Bucket[] devicesOfWave = devices.get(wave);
      for (int i = 0; i < devicesOfWave.length; i++) {
        if (devicesOfWave[i] == Bucket.PENDING) {
          devicesOfWave[i] = Bucket.OPEN;
        }
      }
    }

    private void replaceFailed(int waves, Bucket by) {
      for (int w = 0; w < waves; w++) {
        Bucket[] wave = devices.get(w);
        for (int i = 0; i < wave.length; i++) {
          if (wave[i] == Bucket.FAILED
              || wave[i] == Bucket.ROLLED_BACK
              || wave[i] == Bucket.UNREACHED) {
            wave[i] = by;
          }
        }
      }
    }

    private long count(int wave, Bucket bucket) {
      return Arrays.stream(devices.get(wave)).filter(b -> b == bucket).count();
    }

    // Written down once more, straight from the words of the halt rule.
    private void assertProven(int wave) {
      long counted = sizes[wave] - count(wave, Bucket.WRITTEN_OFF);
      HaltRule rule = plan.get(wave).halt();
      if (sizes[wave] > 0) {
        assertThat(count(wave, Bucket.SUCCEEDED))
            .isGreaterThanOrEqualTo((long) Math.ceil(rule.minSuccessShare() * counted - 1e-9))
            .isPositive();
        assertThat(count(wave, Bucket.ROLLED_BACK)).isLessThanOrEqualTo(rule.maxRolledBack());
        assertThat(failedShare(wave)).isLessThanOrEqualTo(rule.maxFailedShare());
      }
    }

    private double failedShare(int wave) {
      long counted = sizes[wave] - count(wave, Bucket.WRITTEN_OFF);
      return (count(wave, Bucket.FAILED) + count(wave, Bucket.ROLLED_BACK))
          / (double) Math.max(1, counted);
    }

    private void assertHaltedWhereBroken() {
      if (rollout.state() != State.RUNNING) {
        return;
      }
      for (int w = 0; w < rollout.started(); w++) {
        HaltRule rule = plan.get(w).halt();
        assertThat(failedShare(w)).isLessThanOrEqualTo(rule.maxFailedShare());
        assertThat(count(w, Bucket.ROLLED_BACK)).isLessThanOrEqualTo(rule.maxRolledBack());
      }
    }

    private void assertCounts() {
      for (int w = 0; w < rollout.waves().size(); w++) {
        WaveCount count = rollout.waves().get(w);
        assertThat(
                List.of(
                    count.pending(),
                    count.open(),
                    count.succeeded(),
                    count.failed(),
                    count.rolledBack(),
                    count.unreached(),
                    count.writtenOff()))
            .isEqualTo(
                List.of(
                    (int) count(w, Bucket.PENDING),
                    (int) count(w, Bucket.OPEN),
                    (int) count(w, Bucket.SUCCEEDED),
                    (int) count(w, Bucket.FAILED),
                    (int) count(w, Bucket.ROLLED_BACK),
                    (int) count(w, Bucket.UNREACHED),
                    (int) count(w, Bucket.WRITTEN_OFF)));
      }
    }

    void act(int choice) {
      now += random.nextInt(60);
      if (choice < 6) {
        moveSomeDevice(choice);
      } else if (choice == 6) {
        now += SOAK;
        apply(new RolloutEvent.Tick(now));
      } else if (choice == 7 && rollout.state() == State.RUNNING) {
        apply(new RolloutEvent.Halt(now, "a person's"));
      } else if (choice == 8 && rollout.state() == State.HALTED) {
        apply(new RolloutEvent.Resume(now, random.nextBoolean()));
      } else {
        apply(new RolloutEvent.Tick(now));
      }
    }

    private void moveSomeDevice(int choice) {
      int wave = random.nextInt(Math.max(1, rollout.started()));
      Bucket[] devicesOfWave = devices.get(wave);
      if (devicesOfWave.length == 0) {
        return;
      }
      int device = random.nextInt(devicesOfWave.length);
      Bucket from = devicesOfWave[device];
      Bucket to =
          choice < 4
              ? Bucket.SUCCEEDED
              : choice == 4
                  ? Bucket.FAILED
                  : random.nextBoolean() ? Bucket.UNREACHED : Bucket.ROLLED_BACK;
      if (from != to && from != Bucket.PENDING && from != Bucket.WRITTEN_OFF) {
        devicesOfWave[device] = to;
        apply(new RolloutEvent.Moved(now, wave, from, to));
      }
    }
  }

  @Property(tries = 2000)
  void campaign_in_any_order_of_events_never_goes_past_a_broken_threshold(
      @ForAll long seed,
      @ForAll @Size(max = 80) List<@IntRange(min = 0, max = 9) Integer> choices) {
    Model model = new Model(seed);
    model.apply(new RolloutEvent.Start(model.now, IntStream.of(model.sizes).boxed().toList()));
    choices.forEach(model::act);
  }

  @Test
  void share_sums_cover_every_device_and_round_up() {
    HaltRule rule = new HaltRule(0.1, 0, 1, 1, 0);
    Plan plan =
        CampaignFixture.plan(
            new Wave(new Wave.Share(0.1), rule),
            new Wave(new Wave.Share(0.2), rule),
            new Wave(new Wave.Share(0.7), rule));

    assertThat(plan.sizes(3)).containsExactly(1, 0, 2);
    assertThat(plan.sizes(10)).containsExactly(1, 2, 7);
    assertThat(plan.sizes(1001)).containsExactly(101, 200, 700);
    for (int n = 0; n < 2000; n++) {
      assertThat(IntStream.of(plan.sizes(n)).sum()).isEqualTo(n);
    }
  }

  @Test
  void versions_are_ordered_as_semantic_versioning_says() {
    List<String> ordered =
        List.of(
            "0",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "1.0.1",
            "1.0.10",
            "1.2",
            "2026.11.22");
    for (int i = 0; i < ordered.size(); i++) {
      for (int j = 0; j < ordered.size(); j++) {
        assertThat(
                Integer.signum(new Version(ordered.get(i)).compareTo(new Version(ordered.get(j)))))
            .as("%s against %s", ordered.get(i), ordered.get(j))
            .isEqualTo(Integer.compare(i, j));
      }
    }
  }
}
