package io.foretell.app;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a server's parts stand on: threads, event loops and the database of records. It is open from
 * the start, so it is let go of however the parts fare.
 */
final class Ground implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Ground.class);
  private static final long CLOSE_SECONDS = 5;

  private final DataFolder folder;
  private final CompletableFuture<Tables> opening;
  final Vertx vertx;
  final ScheduledExecutorService scheduler;
  final ExecutorService deskWorker;
  final ExecutorService campaignWorker;

  /**
   * Takes the data folder; then begins to open the tables, which takes long, and makes the rest
   * beside.
   *
   * @throws FolderInUseException where another process has the folder
   */
  Ground(Config config) {
    folder = folder(config.get(Config.DATA));
    opening = Beside.make(() -> Tables.open(config));
    vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    scheduler = Executors.newScheduledThreadPool(3, named("scheduler"));
    deskWorker = Executors.newSingleThreadExecutor(named("desk"));
    campaignWorker = Executors.newSingleThreadExecutor(named("campaigns"));
  }

  private static DataFolder folder(Path data) {
    try {
      return DataFolder.hold(Files.createDirectories(data));
    } catch (IOException e) {
      throw new UncheckedIOException("the data folder " + data + " cannot be used: " + e, e);
    }
  }

  private static ThreadFactory named(String name) {
    AtomicInteger n = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, "foretell-" + name + "-" + n.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /** The tables; fails as opening them did. */
  Tables tables() {
    return Beside.made(opening);
  }

  /** Lets go of everything; a second time does nothing. */
  @Override
  public void close() {
    scheduler.shutdownNow();
    deskWorker.shutdown();
    campaignWorker.shutdown();
    vertx
        .close()
        .toCompletionStage()
        .toCompletableFuture()
        .orTimeout(CLOSE_SECONDS, TimeUnit.SECONDS)
        .exceptionally(late -> null)
        .join();
    opening.handle((tables, failure) -> tables).thenAccept(Ground::close).join();
    try {
      folder.close();
    } catch (IOException e) {
      log.warn("the data folder cannot be let go of: {}", e.toString());
    }
  }

  private static void close(@Nullable Tables tables) {
    if (tables != null) {
      tables.close();
    }
  }
}
