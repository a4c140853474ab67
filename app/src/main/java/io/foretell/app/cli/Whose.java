package io.foretell.app.cli;

import io.foretell.app.client.ApiClient;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A device, or all of an owner. */
final class Whose {
  @Parameters(paramLabel = "DEVICE", arity = "1", description = "The device.")
  private @Nullable String device;

  @Option(
      names = "--owner",
      required = true,
      paramLabel = "NAME",
      description = "All devices that have the label owner=NAME.")
  private @Nullable String owner;

  /** Where the API has it. */
  String path() {
    return device == null
        ? "/owners/" + ApiClient.encode(owner == null ? "" : owner)
        : "/devices/" + ApiClient.encode(device);
  }

  /** As a part of a file's name. */
  String fileName() {
    String name = device == null ? "owner-" + owner : device;
    return name.replaceAll("[^A-Za-z0-9._-]", "_");
  }
}
