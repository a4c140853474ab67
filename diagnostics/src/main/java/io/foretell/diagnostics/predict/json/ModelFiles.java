package io.foretell.diagnostics.predict.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.foretell.diagnostics.predict.RulModel;
import io.foretell.diagnostics.predict.Training.Trained;
import io.foretell.diagnostics.predict.TrainingRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A model in a file, with its training record beside it: {@code NAME} and {@code NAME.json}. */
public final class ModelFiles {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private ModelFiles() {}

  /** Writes both; the model last, so that there is never a model without its record. */
  public static void save(Path file, Trained trained) throws IOException {
    replace(recordOf(file), json(trained.record()).getBytes(StandardCharsets.UTF_8));
    replace(file, RulModel.codec().encode(trained.model()));
  }

  /**
   * Reads a model.
   *
   * @throws io.foretell.proto.InvalidInputException where the file is none, or damaged
   */
  public static RulModel model(Path file) throws IOException {
    return RulModel.codec().decode(Files.readAllBytes(file));
  }

  /** Reads the training record of the model in {@code file}. */
  public static TrainingRecord record(Path file) throws IOException {
    return JSON.readValue(Files.readAllBytes(recordOf(file)), TrainingRecord.class);
  }

  /** A result of this stage as indented JSON; the names are those of the record's components. */
  public static String json(Record result) {
    try {
      return JSON.writeValueAsString(result);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path recordOf(Path file) {
    return file.resolveSibling(file.getFileName() + ".json");
  }

  private static void replace(Path file, byte[] bytes) throws IOException {
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    Files.write(beside, bytes);
    try {
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
