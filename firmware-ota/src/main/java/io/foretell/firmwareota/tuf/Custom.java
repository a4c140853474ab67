package io.foretell.firmwareota.tuf;

import io.foretell.firmwareota.Artifact;
import io.foretell.firmwareota.Version;
import io.foretell.proto.Digest;
import io.foretell.proto.InvalidInputException;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The form of an artifact in targets metadata (TUF specification, section 4.5). */
final class Custom {
  private Custom() {}

  static Map<String, Object> write(Artifact artifact) {
    return Map.of(
        "length",
        artifact.size(),
        "hashes",
        Map.of("sha256", artifact.digest().hex()),
        "custom",
        Map.of(
            "component", artifact.component(),
            "version", artifact.version().text(),
            "floor", artifact.floor().text(),
            "models", artifact.models(),
            "hardware", artifact.hardware(),
            "createdAt", artifact.createdAt(),
            "notes", artifact.notes()));
  }

  static Artifact read(String name, Map<?, ?> target) throws IOException {
    try {
      Map<?, ?> custom = map(target, "custom");
      return new Artifact(
          new Digest(text(map(target, "hashes"), "sha256")),
          name,
          text(custom, "component"),
          new Version(text(custom, "version")),
          new Version(text(custom, "floor")),
          texts(custom, "models"),
          texts(custom, "hardware"),
          number(target, "length"),
          number(custom, "createdAt"),
          text(custom, "notes"));
    } catch (InvalidInputException e) {
      throw new IOException("target '" + name + "' in the signed metadata: " + e.detail(), e);
    }
  }

  static Map<?, ?> map(Map<?, ?> in, String key) throws IOException {
    if (in.get(key) instanceof Map<?, ?> map) {
      return map;
    }
    throw new IOException("metadata has no object '" + key + "'");
  }

  static String text(Map<?, ?> in, String key) throws IOException {
    if (in.get(key) instanceof String text) {
      return text;
    }
    throw new IOException("metadata has no text '" + key + "'");
  }

  static long number(Map<?, ?> in, String key) throws IOException {
    if (in.get(key) instanceof Number number) {
      return number.longValue();
    }
    throw new IOException("metadata has no number '" + key + "'");
  }

  static List<String> texts(Map<?, ?> in, String key) throws IOException {
    if (in.get(key) instanceof List<?> list) {
      return list.stream().map(String::valueOf).toList();
    }
    throw new IOException("metadata has no list '" + key + "'");
  }
}
