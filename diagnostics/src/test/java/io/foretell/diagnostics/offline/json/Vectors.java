package io.foretell.diagnostics.offline.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.foretell.diagnostics.codes.CodeBook;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;

/** The recorded vectors of the shared folder, and the decoder that is held against them. */
final class Vectors {
  static final CodeBook BOOK = new CodeBook();
  static final ObjectMapper JSON = new ObjectMapper();

  private Vectors() {}

  /** A file or folder of the shared data; the test is skipped where there is none. */
  static Path path(String name) {
    Path path = Path.of(System.getProperty("foretell.shared", "../shared"), "data", name);
    Assumptions.assumeTrue(Files.exists(path), "skipped: no shared data at " + path);
    return path;
  }

  static List<String> lines(String name) {
    try (InputStream file = Files.newInputStream(path(name))) {
      return lines(new GZIPInputStream(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<String> lines(InputStream in) throws IOException {
    try (BufferedReader reader = new BufferedReader(new InputStreamReader(in, UTF_8))) {
      return reader.lines().toList();
    }
  }

  static List<JsonNode> json(List<String> lines) {
    return lines.stream().map(Vectors::json).toList();
  }

  static JsonNode json(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<JsonNode> decode(OfflineDecoder decoder, List<String> lines) {
    List<String> out = new ArrayList<>();
    try {
      decoder.decode(new StringReader(String.join("\n", lines)), out::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return json(out);
  }

  static List<JsonNode> decode(Kind kind, List<String> lines) {
    return decode(new OfflineDecoder(kind, BOOK), lines);
  }

  static JsonNode decode(Kind kind, String line) {
    return decode(kind, List.of(line)).get(0);
  }
}
