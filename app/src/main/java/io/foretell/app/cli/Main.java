package io.foretell.app.cli;

import io.foretell.app.Config;
import io.foretell.app.FolderInUseException;
import io.foretell.app.client.CommandFailed;
import io.foretell.app.logs.Logs;
import io.foretell.app.migrate.MigrationException;
import io.foretell.app.records.RecordsRefusedException;
import io.foretell.gateway.ListenerException;
import io.foretell.ingest.engine.kafka.KafkaRefusedException;
import io.foretell.ingest.engine.rocksdb.StoreRefusedException;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.LaneUnavailableException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ScopeType;

/** {@code foretell}: finds the command, and says in one line what a user did wrong. */
@Command(
    name = "foretell",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = Version.class,
    description =
        "Remote diagnostics for connected devices: from the fault to the proof that it is gone.",
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "First steps: 'foretell demo' shows the whole loop; 'foretell serve' is the server.",
      "Exit codes: 0 done, 1 failed, 2 wrong usage."
    })
public final class Main {
  private static final int FAILED = 1;

  /** In the order of the help. */
  private static final List<Class<?>> COMMANDS =
      List.of(
          DemoCommand.class,
          ServeCommand.class,
          AgentCommand.class,
          SimulateCommand.class,
          DecodeCommand.class,
          PredictCommands.class,
          DeviceCommands.class,
          FaultCommands.class,
          TicketCommands.class,
          CampaignCommands.class,
          ArtifactCommands.class,
          CommandCommands.class,
          HistoryCommand.class,
          DoctorCommand.class,
          ReplayCommand.class,
          BackupCommand.class,
          RestoreCommand.class,
          MigrateCommand.class,
          UpgradeCommand.class,
          AutoComplete.GenerateCompletion.class,
          HelpCommand.class);

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] args) {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    System.exit(run(out, err, args));
  }

  /** Runs a command; what it prints goes to these writers. */
  static int run(PrintWriter out, PrintWriter err, String... args) {
    CommandLine line = commands(args);
    line.setOut(out).setErr(err);
    line.setUsageHelpAutoWidth(true);
    line.setExecutionExceptionHandler(Main::explain);
    return args.length == 0 ? help(line) : line.execute(args);
  }

  /**
   * The command line for these arguments. Reading how a command looks costs 40 ms; so where the
   * first argument names a command, only that one is read.
   */
  static CommandLine commands(String... args) {
    CommandLine line = new CommandLine(new Main());
    Optional<Class<?>> wanted =
        args.length == 0 ? Optional.empty() : COMMANDS.stream().filter(named(args[0])).findFirst();
    wanted.ifPresentOrElse(line::addSubcommand, () -> COMMANDS.forEach(line::addSubcommand));
    return line;
  }

  private static Predicate<Class<?>> named(String name) {
    return command ->
        command != HelpCommand.class
            && command != AutoComplete.GenerateCompletion.class
            && command.getAnnotation(Command.class).name().equals(name);
  }

  private static int help(CommandLine line) {
    line.usage(line.getOut());
    return line.getCommandSpec().exitCodeOnInvalidInput();
  }

  /** One line for what a user can mend; the stack trace only for what is our own fault. */
  private static int explain(Exception failure, CommandLine line, CommandLine.ParseResult result) {
    PrintWriter err = line.getErr();
    Optional<String> mendable = mendable(failure);
    Logger log = LoggerFactory.getLogger(Main.class);
    if (Logs.json()) {
      // Who reads lines of JSON gets nothing else.
      mendable.ifPresentOrElse(
          log::error, () -> log.error("internal error: {}", failure.toString(), failure));
    } else {
      err.println("foretell: " + mendable.orElseGet(() -> "internal error: " + failure));
      if (mendable.isEmpty()) {
        log.error("command failed", failure);
      }
    }
    err.flush();
    return FAILED;
  }

  /** What a user can mend, in one line; empty for what is our own fault. */
  private static Optional<String> mendable(Exception failure) {
    if (failure instanceof InvalidInputException e) {
      return Optional.of(e.reason() + ": " + e.detail());
    }
    boolean told =
        failure instanceof CommandFailed
            || failure instanceof Config.InvalidConfigException
            || failure instanceof ListenerException
            || failure instanceof IOException
            || failure instanceof UncheckedIOException
            || failure instanceof FolderInUseException
            || failure instanceof RecordsRefusedException
            || failure instanceof MigrationException
            || failure instanceof LaneUnavailableException
            || failure instanceof KafkaRefusedException
            || failure instanceof StoreRefusedException;
    return told ? Optional.of(String.valueOf(failure.getMessage())) : Optional.empty();
  }
}
