package io.foretell.proto;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A PostgreSQL of its own on a free port of the loopback, from Debian's binaries, as a user without
 * rights, since the server refuses root. It ends with this process, however that ends.
 */
public final class PostgresServer {
  /** Who may log in, without a password. */
  public static final String USER = "foretell";

  private static final String INSTALL =
      "PostgreSQL is not installed: apt-get install postgresql-15";

  // Its own end of input tells the shell that this process is gone.
  private static final String GUARDED = "\"$@\" </dev/null & p=$!; cat >/dev/null; kill -QUIT $p";

  private final Path bin;
  private final Path folder;
  private final int port;
  private Process process;

  /** The one that all tests of this process share; each takes a schema of its own. */
  public static PostgresServer shared() {
    return Shared.SERVER;
  }

  /** Another one, for a test that stops it. */
  public static PostgresServer started() {
    return new PostgresServer();
  }

  private static final class Shared {
    static final PostgresServer SERVER = new PostgresServer();
  }

  private PostgresServer() {
    try {
      bin = binaries();
      folder = Files.createTempDirectory("foretell-postgres");
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
      if (root()) {
        run("chown", "postgres", folder.toString());
      }
      run(asUser("initdb", "-D", folder.toString(), "-U", USER, "-A", "trust", "-E", "UTF8", "-N"));
      port = FreePort.pick();
      process = launch();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Runtime.getRuntime().addShutdownHook(new Thread(this::remove));
  }

  private static Path binaries() throws IOException {
    try (Stream<Path> versions =
        Files.exists(Path.of("/usr/lib/postgresql"))
            ? Files.list(Path.of("/usr/lib/postgresql"))
            : Stream.empty()) {
      Stream<Path> known =
          Stream.concat(
              versions.sorted().map(version -> version.resolve("bin")),
              Stream.of(Path.of("/usr/bin"), Path.of("/usr/local/bin")));
      return known
          .filter(folder -> Files.isExecutable(folder.resolve("initdb")))
          .findFirst()
          .orElseThrow(() -> new AssertionError(INSTALL));
    }
  }

  private static boolean root() {
    return "root".equals(System.getProperty("user.name"));
  }

  private String[] asUser(String program, String... arguments) {
    List<String> command = new ArrayList<>();
    if (root()) {
      command.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
    }
    command.add(bin.resolve(program).toString());
    command.addAll(List.of(arguments));
    return command.toArray(String[]::new);
  }

  private Process launch() {
    List<String> command = new ArrayList<>(List.of("sh", "-c", GUARDED, "sh"));
    command.addAll(
        List.of(
            asUser(
                "postgres",
                "-D",
                folder.toString(),
                "-p",
                "" + port,
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
                // A process that is killed loses nothing by it; only a power cut would.
                "-c",
                "fsync=off",
                "-c",
                "max_connections=400",
                "-c",
                "log_min_messages=fatal")));
    try {
      Process started =
          new ProcessBuilder(command)
              .directory(folder.getParent().toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      Await.until("PostgreSQL answers", this::answers);
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean answers() {
    try (Connection connection = DriverManager.getConnection(url("public"))) {
      return connection.isValid(1);
    } catch (SQLException e) {
      return false;
    }
  }

  /** Its JDBC address, with a schema as the place of all tables. */
  public String url(String schema) {
    return "jdbc:postgresql://127.0.0.1:"
        + port
        + "/postgres?user="
        + USER
        + "&currentSchema="
        + schema;
  }

  /** Its JDBC address, with a schema that is made where there is none. */
  public String schema(String name) {
    try (Connection connection = DriverManager.getConnection(url("public"));
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE SCHEMA IF NOT EXISTS " + name);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
    return url(name);
  }

  /** The schema that stands for a file, as the same tests have it on SQLite. */
  public String schemaOf(Path file) {
    return schema("s" + Integer.toHexString(file.toAbsolutePath().toString().hashCode()));
  }

  /** Ends it as a crash would. */
  public void stop() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        throw new AssertionError("PostgreSQL does not stop");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
    Await.until("PostgreSQL is gone", () -> !Files.exists(folder.resolve("postmaster.pid")));
  }

  /** Starts it again over what it has. */
  public void start() {
    process = launch();
  }

  private void remove() {
    try {
      process.getOutputStream().close();
      process.waitFor(5, TimeUnit.SECONDS);
      run("rm", "-rf", folder.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    try (InputStream said = process.getInputStream()) {
      String text = new String(said.readAllBytes(), UTF_8);
      if (process.waitFor() != 0) {
        throw new AssertionError(String.join(" ", command) + ": " + text);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
