package io.foretell.bench;

import io.foretell.bench.load.Load;
import io.foretell.bench.server.Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Where the CPU time of a server of ours goes: by thread, user and kernel apart (from /proc), and
 * by frame (from a flight recording; it sees Java code and native methods, not the kernel).
 */
@Command(name = "profile", description = "Where the CPU time of a server of ours goes.")
final class ProfileCommand implements Callable<Integer> {
  private static final int FRAMES = 25;

  @Mixin private Setting setting = new Setting();

  @Option(
      names = "--server",
      paramLabel = "NAME",
      defaultValue = "routed",
      description = "Which (default: ${DEFAULT-VALUE}).")
  private String name = "routed";

  @Option(
      names = "--window",
      paramLabel = "W",
      defaultValue = "1",
      converter = AtLeastOne.class,
      description = "Unacknowledged PUBLISH a device (default: ${DEFAULT-VALUE}).")
  private int window = 1;

  ProfileCommand() {}

  /** CPU ticks of a thread. */
  private record Ticks(long user, long kernel) {
    Ticks plus(Ticks other, int sign) {
      return new Ticks(user + sign * other.user, kernel + sign * other.kernel);
    }
  }

  @Override
  public Integer call() throws InterruptedException, IOException {
    Path recording = setting.data.resolve(name + "-" + window + ".jfr").toAbsolutePath();
    Instant from;
    try (Server server = setting.start(name)) {
      // A recording that begins later would make the JVM throw away what it has compiled.
      Jcmd.run(server.pid(), "JFR.start", "name=bench", "settings=profile");
      new WarmUp(setting).until(server, List.of(10, window));
      try (Load load = new Load(server.port(), setting.connections, window, "device-")) {
        load.saturate(Duration.ofSeconds(1));
        server.settle();
        from = Instant.now();
        Map<String, Ticks> before = threads(server.pid());
        Load.Run run = load.saturate(setting.length());
        server.settle();
        Map<String, Ticks> after = threads(server.pid());
        Jcmd.run(server.pid(), "JFR.dump", "name=bench", "filename=" + recording);
        print(run, before, after);
      }
    }
    frames(recording, from);
    System.out.println("recording: " + recording);
    return 0;
  }

  /** By name, threads of a pool together. */
  private static Map<String, Ticks> threads(long pid) throws IOException {
    Map<String, Ticks> ticks = new TreeMap<>();
    try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
      for (Path task : tasks.toList()) {
        String stat = Files.readString(task.resolve("stat"));
        int close = stat.lastIndexOf(')');
        String thread = stat.substring(stat.indexOf('(') + 1, close).replaceAll("[-#]?\\d+$", "");
        String[] fields = stat.substring(close + 2).split(" ");
        Ticks one = new Ticks(Long.parseLong(fields[11]), Long.parseLong(fields[12]));
        ticks.merge(thread, one, (a, b) -> a.plus(b, 1));
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return ticks;
  }

  private void print(Load.Run run, Map<String, Ticks> before, Map<String, Ticks> after) {
    System.out.printf(
        Locale.ROOT, "%s, %d unacked: %,.0f messages/s%n", name, window, run.perSecond());
    System.out.println("| thread | user CPU-s per million | kernel | all |\n|---|---|---|---|");
    double million = run.acked() / 1e6;
    after.entrySet().stream()
        .map(e -> Map.entry(e.getKey(), spent(e.getValue(), before.get(e.getKey()))))
        .sorted(Comparator.comparingLong(e -> -e.getValue().user() - e.getValue().kernel()))
        .filter(e -> e.getValue().user() + e.getValue().kernel() > 0)
        .forEach(
            e -> {
              double user = e.getValue().user() / 100.0 / million;
              double kernel = e.getValue().kernel() / 100.0 / million;
              System.out.printf(
                  Locale.ROOT,
                  "| %s | %.2f | %.2f | %.2f |%n",
                  e.getKey(),
                  user,
                  kernel,
                  user + kernel);
            });
  }

  private static Ticks spent(Ticks now, @org.jspecify.annotations.Nullable Ticks before) {
    return before == null ? now : now.plus(before, -1);
  }

  private static void frames(Path recording, Instant from) throws IOException {
    Map<String, Long> top = new TreeMap<>();
    Map<String, Long> own = new TreeMap<>();
    long samples = 0;
    try (RecordingFile file = new RecordingFile(recording)) {
      while (file.hasMoreEvents()) {
        RecordedEvent event = file.readEvent();
        String type = event.getEventType().getName();
        boolean counts =
            type.equals("jdk.ExecutionSample") || type.equals("jdk.NativeMethodSample");
        if (counts && event.getStackTrace() != null && event.getStartTime().isAfter(from)) {
          List<RecordedFrame> stack = event.getStackTrace().getFrames();
          String thread = event.getThread("sampledThread").getJavaName();
          String head = text(stack.get(0));
          if (!waits(head)) {
            samples++;
            top.merge(head, 1L, Long::sum);
            own.merge(firstOwn(thread, stack), 1L, Long::sum);
          }
        }
      }
    }
    print("frames on top", top, samples);
    print("nearest frame of ours, and the thread", own, samples);
  }

  /** Native methods that a recording shows as running while they wait for input. */
  private static boolean waits(String frame) {
    return frame.contains("EPoll.wait")
        || frame.contains("FileInputStream")
        || frame.contains("Native.epollWait")
        || frame.contains("DatagramChannelImpl.receive");
  }

  private static String firstOwn(String thread, List<RecordedFrame> stack) {
    return stack.stream()
            .map(ProfileCommand::text)
            .filter(frame -> frame.startsWith("io.foretell"))
            .findFirst()
            .orElse("(none: " + text(stack.get(stack.size() - 1)) + ")")
        + " on "
        + thread;
  }

  private static String text(RecordedFrame frame) {
    return frame.getMethod().getType().getName() + "." + frame.getMethod().getName();
  }

  private static void print(String what, Map<String, Long> counts, long samples) {
    System.out.printf("%n%s, of %d samples%n", what, samples);
    counts.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .limit(FRAMES)
        .forEach(
            e ->
                System.out.printf(
                    Locale.ROOT, "%5.1f %%  %s%n", 100.0 * e.getValue() / samples, e.getKey()));
  }
}
