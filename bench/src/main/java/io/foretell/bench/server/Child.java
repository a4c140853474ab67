package io.foretell.bench.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A child process, pinned to cores where the system can do so, and what it has cost. */
final class Child implements AutoCloseable {
  private static final double TICKS_PER_SECOND = 100;
  private static final int USER_TIME = 11;
  private static final int CHILDREN_TIME = 13;

  private final Process process;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final Path errors;

  /**
   * Starts it.
   *
   * @param cores as taskset names them; empty: any
   * @param errors takes its standard error
   */
  Child(List<String> command, String cores, Path errors) {
    this(command, cores, errors, Map.of());
  }

  /** The same with more variables in its environment. */
  Child(List<String> command, String cores, Path errors, Map<String, String> environment) {
    this.errors = errors;
    List<String> pinned = new ArrayList<>();
    if (!cores.isEmpty()) {
      pinned.addAll(List.of("taskset", "-c", cores));
    }
    pinned.addAll(command);
    try {
      Files.createDirectories(errors.toAbsolutePath().getParent());
      ProcessBuilder builder = new ProcessBuilder(pinned).redirectError(errors.toFile());
      builder.environment().putAll(environment);
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread reader = new Thread(this::read, "output of " + command.get(0));
    reader.setDaemon(true);
    reader.start();
  }

  private void read() {
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      lines.add("(output ended: " + e.getMessage() + ")");
    }
  }

  /** Waits for a line of its output. */
  String await(Predicate<String> wanted, int seconds) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    try {
      while (true) {
        String line = lines.poll(20, TimeUnit.MILLISECONDS);
        if (line != null && wanted.test(line)) {
          return line;
        }
        if (line == null && (!process.isAlive() || System.nanoTime() > deadline)) {
          String what = process.isAlive() ? "said nothing in " + seconds + " s" : "ended";
          throw new IllegalStateException("the server " + what + "; see " + errors);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Writes a line to its standard input. */
  void say(String line) {
    try {
      Writer in = process.outputWriter(StandardCharsets.UTF_8);
      in.write(line + "\n");
      in.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean alive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /** CPU time of user and kernel together since its start, seconds; ticks of 10 ms. */
  double cpuSeconds() {
    return seconds(proc("stat"));
  }

  /** The same of it and of all children that it has now or has had and waited for, seconds. */
  double familySeconds() {
    double sum = seconds(proc("stat"), USER_TIME) + seconds(proc("stat"), CHILDREN_TIME);
    for (ProcessHandle child : process.descendants().toList()) {
      try {
        sum += seconds(Files.readString(Path.of("/proc/" + child.pid() + "/stat")), USER_TIME);
      } catch (IOException e) {
        // It has ended since it was listed; its parent counts it.
        continue;
      }
    }
    return sum;
  }

  /** CPU time of a JVM's compiler threads since its start, seconds. */
  double compilerSeconds() {
    double sum = 0;
    try (Stream<Path> tasks = Files.list(Path.of("/proc/" + process.pid() + "/task"))) {
      for (Path task : tasks.toList()) {
        sum += compilerSeconds(task);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return sum;
  }

  private static double compilerSeconds(Path task) throws IOException {
    try {
      String stat = Files.readString(task.resolve("stat"));
      return stat.contains("(C1 Comp") || stat.contains("(C2 Comp") ? seconds(stat) : 0;
    } catch (IOException e) {
      if (Files.exists(task)) {
        throw e;
      }
      return 0; // the thread has ended since it was listed
    }
  }

  private static double seconds(String stat) {
    return seconds(stat, USER_TIME);
  }

  /** User and system time stand side by side. */
  private static double seconds(String stat, int user) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[user]) + Long.parseLong(fields[user + 1])) / TICKS_PER_SECOND;
  }

  /** Resident memory, KiB. */
  long residentKib() {
    for (String line : proc("status").split("\n")) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IllegalStateException("no VmRSS");
  }

  private String proc(String file) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/" + file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends it as a crash would. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }
}
