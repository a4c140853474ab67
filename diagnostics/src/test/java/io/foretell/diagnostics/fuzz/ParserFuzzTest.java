package io.foretell.diagnostics.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.foretell.proto.InvalidInputException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.io.TempDir;

/**
 * Fuzzing of the parsers of outside bytes. Without {@code JAZZER_FUZZ=1} each runs over its kept
 * inputs; with it, for the time that is given: {@code JAZZER_FUZZ=1 ./mvnw -pl diagnostics -am test
 * -Dtest=ParserFuzzTest#uds}.
 */
class ParserFuzzTest {
  private static final String LONG = "30m";

  @TempDir private static Path folder;

  @FuzzTest(maxDuration = LONG)
  void uds(byte[] data) {
    read(Targets::uds, data);
  }

  @FuzzTest(maxDuration = LONG)
  void doip(byte[] data) {
    read(Targets::doip, data);
  }

  @FuzzTest(maxDuration = LONG)
  void dm(byte[] data) {
    read(Targets::dm, data);
  }

  @FuzzTest(maxDuration = LONG)
  void transport(byte[] data) {
    read(Targets::transport, data);
  }

  @FuzzTest(maxDuration = LONG)
  void j1939Memory(byte[] data) {
    read(Targets::j1939Memory, data);
  }

  @FuzzTest(maxDuration = LONG)
  void isoTp(byte[] data) {
    read(Targets::isoTp, data);
  }

  @FuzzTest(maxDuration = LONG)
  void fastPackets(byte[] data) {
    read(Targets::fastPackets, data);
  }

  @FuzzTest(maxDuration = LONG)
  void obd(byte[] data) {
    read(Targets::obd, data);
  }

  @FuzzTest(maxDuration = LONG)
  void lines(byte[] data) {
    read(Targets::lines, data);
  }

  @FuzzTest(maxDuration = LONG)
  void status(byte[] data) {
    read(Targets::status, data);
  }

  @FuzzTest(maxDuration = LONG)
  void frames(byte[] data) {
    read(Targets::frames, data);
  }

  @FuzzTest(maxDuration = LONG)
  void dbc(byte[] data) {
    read(new FileTargets(folder)::dbc, data);
  }

  @FuzzTest(maxDuration = LONG)
  void obdbSet(byte[] data) {
    read(new FileTargets(folder)::obdbSet, data);
  }

  @FuzzTest(maxDuration = LONG)
  void manifest(byte[] data) {
    read(new FileTargets(folder)::manifest, data);
  }

  @FuzzTest(maxDuration = LONG)
  void table(byte[] data) {
    read(new FileTargets(folder)::table, data);
  }

  @FuzzTest(maxDuration = LONG)
  void ownCodes(byte[] data) {
    read(new FileTargets(folder)::ownCodes, data);
  }

  @FuzzTest(maxDuration = LONG)
  void code(byte[] data) {
    read(new FileTargets(folder)::code, data);
  }

  @FuzzTest(maxDuration = LONG)
  void udsDefinition(byte[] data) {
    read(new FileTargets(folder)::udsDefinition, data);
  }

  @FuzzTest(maxDuration = LONG)
  void pgnList(byte[] data) {
    read(new FileTargets(folder)::pgnList, data);
  }

  @FuzzTest(maxDuration = LONG)
  void lives(byte[] data) {
    read(new FileTargets(folder)::lives, data);
  }

  @FuzzTest(maxDuration = LONG)
  void state(byte[] data) {
    read(StateTargets::state, data);
  }

  @FuzzTest(maxDuration = LONG)
  void frameMemory(byte[] data) {
    read(StateTargets::frameMemory, data);
  }

  @FuzzTest(maxDuration = LONG)
  void model(byte[] data) {
    read(StateTargets::model, data);
  }

  private static void read(Consumer<byte[]> target, byte[] data) {
    try {
      target.accept(data);
    } catch (InvalidInputException e) {
      // What a parser is to do with bytes that it cannot read.
    }
  }
}
