package io.foretell.bench.micro;

import io.foretell.ingest.Decoded;
import io.foretell.ingest.Decoding;
import io.foretell.ingest.Limits;
import io.foretell.ingest.PayloadReader;
import io.foretell.ingest.payload.Payloads;
import io.foretell.proto.Uplink;
import io.foretell.proto.UplinkKind;
import io.foretell.proto.v1.Origin;
import io.foretell.proto.v1.Report;
import io.foretell.proto.v1.Series;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A Protobuf report to columns of samples: nanoseconds a sample. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ReportDecoding {
  private static final long NOW = 1_795_308_448_257L;
  private static final int BATCH = 32;
  private static final int SIGNALS = 4;
  private static final int FEW = 3;

  private final PayloadReader reader =
      Payloads.standard(Limits.DEFAULT).stream()
          .filter(r -> r.contentTypes().contains(Decoding.PROTOBUF))
          .findFirst()
          .orElseThrow();
  private final Uplink batch = uplink(SIGNALS, BATCH / SIGNALS);
  private final Uplink three = uplink(FEW, 1);

  /** 32 samples: 4 signals, 8 samples each, with offsets. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public Decoded batchOf32Samples() {
    return reader.read(batch);
  }

  /** The 3 samples of the MQTT measurement's report. */
  @Benchmark
  @OperationsPerInvocation(FEW)
  public Decoded messageOf3Signals() {
    return reader.read(three);
  }

  private static Uplink uplink(int signals, int samples) {
    Report.Builder report =
        Report.newBuilder()
            .setOrigin(Origin.newBuilder().setBootId(7).setSequence(41))
            .setBaseTime(NOW);
    for (int s = 0; s < signals; s++) {
      Series.Builder series = Series.newBuilder().setSignal("engine.cylinder." + s + ".egt");
      for (int i = 0; i < samples; i++) {
        if (samples > 1) {
          series.addOffset(i * 1003);
        }
        series.addValue(640.5 + s + i / 7.0);
      }
      report.addSeries(series);
    }
    return new Uplink(UplinkKind.TELEMETRY, NOW, "", "mqtt", report.build().toByteArray());
  }
}
