package io.foretell.app.journey;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Somebody else's program, as it is installed on this machine. */
public final class Tool implements AutoCloseable {
  private static final long SECONDS = 90;
  private static final String INSTALL =
      "apt-get install mosquitto-clients libcoap3-bin influxdb curl prometheus";

  private final Process process;
  private final Path output;

  private Tool(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /** How it ended and what it said, on both streams. */
  public record Ran(int exit, String said) {}

  /** Runs it to its end. */
  public static Ran run(String... command) {
    try (Tool tool = start(command)) {
      return tool.ended();
    }
  }

  /** Starts it. */
  public static Tool start(String... command) {
    try {
      Path output = Files.createTempFile("tool", ".txt");
      try {
        Process process =
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        process.getOutputStream().close();
        return new Tool(process, output);
      } catch (IOException e) {
        Files.delete(output);
        throw new AssertionError(command[0] + " is not installed: " + INSTALL, e);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for its end. */
  public Ran ended() {
    try {
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError(process.info().commandLine() + " does not end: " + said());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
    return new Ran(process.exitValue(), said());
  }

  /** What it has said until now. */
  public String said() {
    return new String(bytes(), UTF_8);
  }

  /** The same, as bytes. */
  public byte[] bytes() {
    try {
      return Files.readAllBytes(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The lines it has said until now. */
  public List<String> lines() {
    return said().lines().toList();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(SECONDS, TimeUnit.SECONDS);
      Files.deleteIfExists(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
