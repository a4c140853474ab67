package io.foretell.app.backup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a backup has: the last entry of an archive, so one that was cut off has none.
 *
 * @param version of the program that made it
 * @param createdAt ms since 1970
 * @param history {@code embedded}, or {@code external} where samples are kept by another system
 * @param files by path, with {@code /} between folders
 */
public record Manifest(String version, long createdAt, String history, Map<String, Stored> files) {
  /** What this version writes; it reads all earlier ones. */
  public static final int FORMAT = 1;

  static final String NAME = "manifest.json";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Copies and sorts. */
  public Manifest {
    files = java.util.Collections.unmodifiableMap(new TreeMap<>(files));
  }

  /**
   * One file.
   *
   * @param sha256 64 hex digits
   */
  public record Stored(long bytes, String sha256) {}

  /** The bytes of all files. */
  public long bytes() {
    return files.values().stream().mapToLong(Stored::bytes).sum();
  }

  byte[] json() {
    ObjectNode root = JSON.createObjectNode();
    root.put("format", FORMAT);
    root.put("program", "foretell");
    root.put("version", version);
    root.put("createdAt", createdAt);
    root.put("history", history);
    ObjectNode all = root.putObject("files");
    files.forEach(
        (path, file) ->
            all.putObject(path).put("bytes", file.bytes()).put("sha256", file.sha256()));
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads one, that of a later format only so far as to refuse it. */
  static Manifest read(byte[] bytes) throws IOException {
    JsonNode root;
    try {
      root = JSON.readTree(bytes);
    } catch (JsonProcessingException e) {
      throw new BackupException("the backup is damaged: its manifest is no JSON", e);
    }
    int format = root.path("format").asInt(0);
    if (format > FORMAT) {
      throw new BackupException(
          "the backup is of format "
              + format
              + ", made by version "
              + root.path("version").asText("?")
              + "; this version knows formats up to "
              + FORMAT
              + ". Restore it with that version, or a later one");
    }
    if (format < 1 || !root.path("files").isObject()) {
      throw new BackupException("the backup is damaged: its manifest lacks format or files");
    }
    Map<String, Stored> files = new TreeMap<>();
    for (Map.Entry<String, JsonNode> file : root.path("files").properties()) {
      files.put(
          file.getKey(),
          new Stored(
              file.getValue().path("bytes").asLong(-1), file.getValue().path("sha256").asText("")));
    }
    return new Manifest(
        root.path("version").asText(""),
        root.path("createdAt").asLong(),
        root.path("history").asText(""),
        files);
  }
}
