package io.foretell.bench.micro;

import io.foretell.diagnostics.uds.DataSizes;
import io.foretell.diagnostics.uds.DtcReport;
import io.foretell.diagnostics.uds.DtcReports;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Answers to ReadDTCInformation, sub-function 02: codes a second. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class UdsCodes {
  private static final int CODES = 100;

  private final byte[] answer = answer();

  /** 100 codes in an answer. */
  @Benchmark
  @OperationsPerInvocation(CODES)
  public DtcReport reportByStatusMask() {
    return DtcReports.read(answer, DataSizes.UNKNOWN);
  }

  private static byte[] answer() {
    byte[] bytes = new byte[3 + 4 * CODES];
    bytes[0] = 0x59;
    bytes[1] = 0x02;
    bytes[2] = (byte) 0xFF;
    for (int i = 0; i < CODES; i++) {
      int at = 3 + 4 * i;
      bytes[at] = (byte) (i % 4 << 6 | i & 0x3F);
      bytes[at + 1] = (byte) (37 * i);
      bytes[at + 2] = (byte) (i % 3 == 0 ? 0x14 : 0x11);
      bytes[at + 3] = (byte) (i % 2 == 0 ? 0x2F : 0x09);
    }
    return bytes;
  }
}
