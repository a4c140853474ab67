package io.foretell.app.cli;

import io.foretell.app.client.ApiClient;
import io.foretell.app.client.CommandFailed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code foretell device export DEVICE}. */
@Command(
    name = "export",
    description = "Writes all that is known as a zip of JSON files, secrets left out.")
final class ExportCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  @Spec private CommandSpec spec;

  @Mixin private ServerOptions server;

  @ArgGroup(multiplicity = "1")
  private Whose whose = new Whose();

  @Option(names = "--file", description = "Where to (default: DEVICE.zip); no existing file.")
  private @Nullable Path file;

  @Override
  public Integer call() {
    Path target = file == null ? Path.of(whose.fileName() + ".zip") : file;
    try (InputStream in =
        server.client().fetch(whose.path() + "/export", server.query(), PATIENCE)) {
      Files.copy(in, target);
      Listing.one(
          spec.commandLine().getOut(),
          server.json(),
          ApiClient.JSON
              .createObjectNode()
              .put("export", target.toString())
              .put("bytes", Files.size(target)));
      return 0;
    } catch (FileAlreadyExistsException e) {
      throw new CommandFailed(target + " is there already");
    } catch (IOException e) {
      throw new CommandFailed(target + ": " + e.getMessage());
    }
  }
}
