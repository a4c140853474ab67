package io.foretell.bench.micro;

import io.foretell.diagnostics.dbc.DbcMessage;
import io.foretell.diagnostics.dbc.DbcParser;
import io.foretell.diagnostics.dbc.DbcSignal;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A message of eight signals by its DBC file: nanoseconds a signal. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DbcSignals {
  private static final int SIGNALS = 8;
  private static final String FILE =
      """
      VERSION ""
      BU_: ECM TCM
      BO_ 500 ENGINE: 8 ECM
       SG_ Speed : 0|16@1+ (0.125,0) [0|8031.875] "rpm" TCM
       SG_ Torque : 16|10@1- (0.5,0) [-256|255.5] "Nm" TCM
       SG_ Coolant : 26|8@1+ (1,-40) [-40|215] "degC" TCM
       SG_ Throttle : 34|7@1+ (0.8,0) [0|100] "%" TCM
       SG_ Gear : 41|3@1+ (1,0) [0|7] "" TCM
       SG_ Lamp : 44|1@1+ (1,0) [0|1] "" TCM
       SG_ Counter : 45|3@1+ (1,0) [0|7] "" TCM
       SG_ Pressure : 55|16@0+ (0.01,0) [0|655.35] "bar" TCM
      """;

  private final DbcMessage message =
      Objects.requireNonNull(DbcParser.parse(FILE).message(500), "the message of the file");
  private final byte[] data = {0x10, 0x27, 0x3C, 0x1A, 0x5F, 0x33, 0x4E, 0x21};
  private double sum;

  /** All signals of the message, scaled. */
  @Benchmark
  @OperationsPerInvocation(SIGNALS)
  public double eightSignals() {
    sum = 0;
    message.decode(data, this::add);
    return sum;
  }

  private void add(DbcSignal signal, long raw) {
    sum += signal.scaled(raw);
  }
}
