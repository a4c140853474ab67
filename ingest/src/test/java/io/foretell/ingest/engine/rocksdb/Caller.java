package io.foretell.ingest.engine.rocksdb;

import io.foretell.ingest.engine.EchoStage;
import io.foretell.proto.DeviceId;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;

/**
 * A process that appends to an engine without end and says what became of it: {@code ack DEVICE N},
 * {@code fail DEVICE N}. It ends when its input does.
 */
final class Caller {
  static final int DEVICES = 8;
  private static final int IN_FLIGHT = 500;

  private Caller() {}

  /**
   * @param args folder, and a word that starts every value
   */
  public static void main(String[] args) throws IOException {
    RocksEngine engine =
        new RocksEngine(
            Path.of(args[0]),
            RocksEngineOptions.defaults()
                .withRetries(Duration.ofMillis(50), Duration.ofMillis(200)),
            InstantSource.system());
    engine.host("echo", EchoStage.CALLS, new EchoStage());
    engine.start();
    Thread calling = new Thread(() -> call(engine, args[1]));
    calling.setDaemon(true);
    calling.start();
    while (System.in.read() >= 0) {
      // nothing is asked of it but to end
    }
    engine.close();
    Runtime.getRuntime().halt(0);
  }

  private static void call(RocksEngine engine, String word) {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    Semaphore room = new Semaphore(IN_FLIGHT);
    for (int n = 0; ; n++) {
      for (int d = 0; d < DEVICES; d++) {
        String said = " d" + d + " " + n;
        room.acquireUninterruptibly();
        engine
            .lane(EchoStage.CALLS)
            .append(DeviceId.parse("d" + d), System.currentTimeMillis(), word + "/" + n)
            .whenComplete(
                (position, failure) -> {
                  out.println((failure == null ? "ack" : "fail") + said);
                  room.release();
                });
      }
    }
  }
}
