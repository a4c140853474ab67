package io.foretell.app.house;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** A small house with a fault against every rule, compiled from texts when a test needs it. */
final class Planted {
  /** Its root package. */
  static final String ROOT = "io.foretell.app.house.planted";

  private Planted() {}

  /** Compiles it into a folder and reads its classes. */
  static JavaClasses in(Path folder) throws IOException {
    Path listener = source(folder, "PlantedListener");
    Path decoder = source(folder, "PlantedDecoder");
    Path classes = Files.createDirectories(folder.resolve("classes"));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    int result =
        compiler.run(
            null,
            null,
            null,
            "-proc:none",
            "-classpath",
            System.getProperty("java.class.path"),
            "-d",
            classes.toString(),
            listener.toString(),
            decoder.toString());
    if (result != 0) {
      throw new AssertionError("the planted house does not compile");
    }
    JavaClasses imported = new ClassFileImporter().importPaths(List.of(classes));
    if (imported.size() != 2) {
      throw new AssertionError("two classes were planted, " + imported.size() + " were read");
    }
    return imported;
  }

  private static Path source(Path folder, String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(Planted.class.getResourceAsStream(name + ".txt"), name)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Files.writeString(folder.resolve(name + ".java"), text);
    }
  }
}
