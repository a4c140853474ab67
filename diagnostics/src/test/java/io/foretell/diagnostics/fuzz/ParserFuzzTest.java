package io.foretell.diagnostics.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.foretell.proto.InvalidInputException;
import java.util.function.Consumer;

/**
 * Fuzzing of the parsers of outside bytes. Without {@code JAZZER_FUZZ=1} each runs over its kept
 * inputs; with it, for the time that is given: {@code JAZZER_FUZZ=1 ./mvnw -pl diagnostics -am test
 * -Dtest=ParserFuzzTest#uds}.
 */
class ParserFuzzTest {
  private static final String LONG = "30m";

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

  private static void read(Consumer<byte[]> target, byte[] data) {
    try {
      target.accept(data);
    } catch (InvalidInputException e) {
      // What a parser is to do with bytes that it cannot read.
    }
  }
}
