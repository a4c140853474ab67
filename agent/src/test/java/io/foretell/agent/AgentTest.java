package io.foretell.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foretell.proto.v1.DeviceCommand;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class AgentTest {
  private static final Agent.Settings SETTINGS = new Agent.Settings(4, 100, 1000);

  private final ManualScheduler scheduler = new ManualScheduler(0);
  private final ScriptedLink link = new ScriptedLink();
  private final List<DeviceCommand> commands = new ArrayList<>();
  private final Agent agent = agent(new MemorySpool(1000), SETTINGS);

  private Agent agent(Spool spool, Agent.Settings settings) {
    return new Agent("device", link, spool, scheduler, scheduler, settings, commands::add);
  }

  private static Message message(int n) {
    return new Message("v1/telemetry", new byte[] {(byte) (n >> 8), (byte) n});
  }

  private static int number(Message message) {
    return (message.payload()[0] & 0xFF) << 8 | message.payload()[1] & 0xFF;
  }

  /** Outages, late answers of earlier connections, answers out of order, rejections. */
  @Property(tries = 300)
  void everything_offered_is_acknowledged_once_whatever_the_link_does(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 8) int window) {
    Random random = new Random(seed);
    ManualScheduler time = new ManualScheduler(0);
    ScriptedLink wire = new ScriptedLink();
    Agent tested =
        new Agent(
            "device",
            wire,
            new MemorySpool(1000),
            time,
            time,
            new Agent.Settings(window, 100, 1000),
            c -> {});
    List<AtomicInteger> told = new ArrayList<>();
    tested.start();
    for (int step = 0; step < 400; step++) {
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> {
          AtomicInteger times = new AtomicInteger();
          tested.offer(message(told.size())).thenAccept(ack -> times.incrementAndGet());
          told.add(times);
        }
        case 3, 4 -> {
          if (!wire.underWay.isEmpty()) {
            Ack ack = random.nextInt(5) == 0 ? new Ack(false, "WRONG_SHAPE") : Ack.STORED;
            wire.answer(random.nextInt(wire.underWay.size()), ack);
          }
        }
        case 5 -> {
          wire.up = random.nextBoolean();
          wire.lost.run();
        }
        case 6 -> {
          if (!wire.underWay.isEmpty() && random.nextInt(4) == 0) {
            wire.underWay
                .remove(random.nextInt(wire.underWay.size()))
                .answer()
                .completeExceptionally(new LinkException("no answer", false));
          }
        }
        default -> time.pass(random.nextInt(2000));
      }
      assertThat(wire.inFlight()).isLessThanOrEqualTo(window);
    }
    wire.up = true;
    wire.answersAtOnce = true;
    wire.lost.run();
    time.pass(10_000);
    assertThat(tested.backlog()).isZero();
    assertThat(told).allSatisfy(times -> assertThat(times).hasValue(1));
  }

  @Test
  void messages_of_many_threads_leave_in_the_order_of_their_numbers() throws Exception {
    List<Integer> left = Collections.synchronizedList(new ArrayList<>());
    Link collecting = collecting(left);
    Executor own = Runnable::run;
    List<Integer> offered = new ArrayList<>();
    Object order = new Object();
    try (Agent tested =
        new Agent(
            "device", collecting, new MemorySpool(10_000), scheduler, own, SETTINGS, c -> {})) {
      tested.start();
      List<Thread> threads = new ArrayList<>();
      CountDownLatch go = new CountDownLatch(1);
      AtomicInteger next = new AtomicInteger();
      for (int t = 0; t < 4; t++) {
        Thread thread =
            new Thread(
                () -> {
                  awaitQuietly(go);
                  for (int i = 0; i < 500; i++) {
                    CompletionStage<Ack> unused;
                    synchronized (order) {
                      int n = next.getAndIncrement();
                      offered.add(n);
                      unused = tested.offer(message(n));
                    }
                    assertThat(unused).isNotNull();
                  }
                });
        threads.add(thread);
        thread.start();
      }
      go.countDown();
      for (Thread thread : threads) {
        thread.join(60_000);
      }
      assertThat(tested.backlog()).isZero();
    }
    assertThat(left).isEqualTo(offered).hasSize(2000);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Link collecting(List<Integer> left) {
    return new Link() {
      @Override
      public void connect(Consumer<DeviceCommand> commands, Runnable lost) {
        // There is always a server.
      }

      @Override
      public CompletionStage<Ack> send(Message message) {
        left.add(number(message));
        return CompletableFuture.completedFuture(Ack.STORED);
      }

      @Override
      public void close() {
        // Nothing is open.
      }
    };
  }

  @Test
  void link_that_answers_at_once_does_not_exhaust_the_stack() {
    link.answersAtOnce = true;
    Agent tested = agent(new MemorySpool(100_000), SETTINGS);
    for (int i = 0; i < 50_000; i++) {
      assertThat(tested.offer(message(i))).isNotNull();
    }
    tested.start();
    scheduler.settle();
    assertThat(tested.backlog()).isZero();
    assertThat(link.all).hasSize(50_000);
  }

  @Test
  void connection_lost_while_it_is_made_is_made_again() {
    link.breaksWhileConnecting = true;
    agent.start();
    scheduler.settle();
    assertThat(agent.connected()).isFalse();
    link.breaksWhileConnecting = false;
    scheduler.pass(1000);
    assertThat(agent.connected()).isTrue();
    assertThat(link.connections).isEqualTo(2);
  }

  @Test
  void late_word_of_an_earlier_connection_is_ignored() {
    agent.start();
    scheduler.settle();
    Runnable stale = link.lost;
    stale.run();
    stale.run();
    scheduler.pass(1000);
    assertThat(link.connections).isEqualTo(2);
    stale.run();
    assertThat(agent.connected()).isTrue();
    assertThat(scheduler.waiting()).isZero();
  }

  @Test
  void acknowledgement_of_an_earlier_connection_counts_and_frees_no_place_of_the_new_one() {
    agent.start();
    scheduler.settle();
    List<CompletableFuture<Ack>> told = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      told.add(agent.offer(message(i)).toCompletableFuture());
    }
    link.lost.run();
    scheduler.pass(1000);
    assertThat(link.underWay).hasSize(8);
    link.answer(0, Ack.STORED);
    assertThat(told.get(0)).isCompletedWithValue(Ack.STORED);
    assertThat(agent.backlog()).isEqualTo(5);
    assertThat(link.inFlight()).isEqualTo(4);
  }

  @Test
  void rejected_message_is_told_and_never_sent_again() {
    agent.start();
    scheduler.settle();
    CompletableFuture<Ack> told = agent.offer(message(1)).toCompletableFuture();
    Ack rejected = new Ack(false, "WRONG_SHAPE");
    link.answer(0, rejected);
    link.lost.run();
    scheduler.pass(5000);
    assertThat(told).isCompletedWithValue(rejected);
    assertThat(link.all).hasSize(1);
    assertThat(agent.backlog()).isZero();
  }

  @Test
  void waits_between_connections_double_up_to_the_longest_and_begin_anew_after_an_answer() {
    link.up = false;
    agent.start();
    scheduler.settle();
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      waits.add(scheduler.nextIn());
      scheduler.pass(scheduler.nextIn());
    }
    long[] longest = {100, 200, 400, 800, 1000, 1000};
    for (int i = 0; i < longest.length; i++) {
      assertThat(waits.get(i)).isBetween(longest[i] * 3 / 4 - 1, longest[i]);
    }
    link.up = true;
    scheduler.pass(1000);
    assertThat(agent.offer(message(1))).isNotNull();
    link.answer(0, Ack.STORED);
    link.lost.run();
    assertThat(scheduler.nextIn()).isLessThanOrEqualTo(100);
  }

  @Test
  void server_that_takes_connections_but_no_messages_is_tried_ever_less_often() {
    agent.start();
    scheduler.settle();
    assertThat(agent.offer(message(1))).isNotNull();
    long last = 0;
    for (int i = 0; i < 5; i++) {
      link.underWay.remove(0).answer().completeExceptionally(new LinkException("4.01", true));
      last = scheduler.nextIn();
      scheduler.pass(last);
    }
    assertThat(last).isGreaterThan(700);
  }

  @Test
  void command_whose_handling_throws_costs_only_itself() {
    Agent tested =
        new Agent(
            "device",
            link,
            new MemorySpool(10),
            scheduler,
            scheduler,
            SETTINGS,
            command -> {
              throw new IllegalStateException("planted");
            });
    tested.start();
    scheduler.settle();
    link.commands.accept(DeviceCommand.newBuilder().setId("c1").build());
    assertThat(tested.connected()).isTrue();
  }

  @Test
  void who_waits_for_a_message_that_is_given_up_is_told() {
    Agent tested = agent(new MemorySpool(1), SETTINGS);
    CompletableFuture<Ack> told = tested.offer(message(1)).toCompletableFuture();
    assertThat(tested.offer(new Message("v1/faults", new byte[1]))).isNotNull();
    assertThatThrownBy(told::join).hasCauseInstanceOf(GivenUpException.class);
  }

  @Test
  void close_tells_who_waits_and_takes_no_more() {
    agent.start();
    scheduler.settle();
    CompletableFuture<Ack> told = agent.offer(message(1)).toCompletableFuture();
    agent.close();
    agent.close();
    assertThat(link.closed).isEqualTo(1);
    assertThatThrownBy(told::join).hasCauseInstanceOf(GivenUpException.class);
    assertThatThrownBy(() -> agent.offer(message(2)).toCompletableFuture().join())
        .hasCauseInstanceOf(GivenUpException.class);
    link.answer(0, Ack.STORED);
    scheduler.pass(5000);
    assertThat(link.connections).isEqualTo(1);
  }

  @Test
  void close_while_connecting_leaves_no_connection_behind() {
    ArrayDeque<Runnable> threads = new ArrayDeque<>();
    List<Agent> self = new ArrayList<>();
    int[] closes = {0};
    Link slow =
        new Link() {
          @Override
          public void connect(Consumer<DeviceCommand> commands, Runnable lost) {
            self.get(0).close();
          }

          @Override
          public CompletionStage<Ack> send(Message message) {
            throw new LinkException("closed", false);
          }

          @Override
          public void close() {
            closes[0]++;
          }
        };
    self.add(
        new Agent("device", slow, new MemorySpool(1), scheduler, threads::add, SETTINGS, c -> {}));
    self.get(0).start();
    threads.remove().run();
    assertThat(closes[0]).isEqualTo(2);
    assertThat(self.get(0).connected()).isFalse();
  }
}
