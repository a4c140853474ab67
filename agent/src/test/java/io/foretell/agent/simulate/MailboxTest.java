package io.foretell.agent.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class MailboxTest {
  private final ExecutorService threads = Executors.newFixedThreadPool(4);

  @AfterEach
  void stopThreads() {
    threads.shutdownNow();
  }

  @Test
  void tasks_run_one_at_a_time_in_the_order_of_their_arrival() throws InterruptedException {
    Mailbox mailbox = new Mailbox("test", threads);
    List<Integer> ran = new ArrayList<>();
    AtomicBoolean busy = new AtomicBoolean();
    AtomicBoolean overlapped = new AtomicBoolean();
    CountDownLatch all = new CountDownLatch(5_000);
    List<Integer> sent = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      int n = i;
      sent.add(n);
      mailbox.execute(
          () -> {
            overlapped.compareAndSet(false, !busy.compareAndSet(false, true));
            ran.add(n);
            busy.set(false);
            all.countDown();
          });
    }
    assertThat(all.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(overlapped).isFalse();
    assertThat(ran).isEqualTo(sent);
  }

  @Test
  void task_that_throws_is_logged_and_the_next_one_has_its_turn() throws InterruptedException {
    ListAppender<ILoggingEvent> heard = new ListAppender<>();
    Logger logger = (Logger) LoggerFactory.getLogger(Mailbox.class);
    heard.start();
    logger.addAppender(heard);
    Mailbox mailbox = new Mailbox("truck-1", threads);
    CountDownLatch next = new CountDownLatch(1);
    mailbox.execute(
        () -> {
          throw new IllegalStateException("planted");
        });
    mailbox.execute(next::countDown);
    assertThat(next.await(60, TimeUnit.SECONDS)).isTrue();
    logger.detachAppender(heard);
    assertThat(heard.list)
        .anySatisfy(
            event -> {
              assertThat(event.getLevel()).isEqualTo(Level.ERROR);
              assertThat(event.getFormattedMessage()).contains("truck-1");
              assertThat(event.getThrowableProxy().getMessage()).isEqualTo("planted");
            });
  }

  @Test
  void mailbox_whose_threads_are_gone_drops_its_tasks_quietly() {
    threads.shutdownNow();
    Mailbox mailbox = new Mailbox("test", threads);
    AtomicBoolean ran = new AtomicBoolean();
    mailbox.execute(() -> ran.set(true));
    mailbox.execute(() -> ran.set(true));
    assertThat(ran).isFalse();
  }
}
