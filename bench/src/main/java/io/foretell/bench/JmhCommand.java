package io.foretell.bench;

import io.foretell.bench.micro.DbcSignals;
import io.foretell.bench.micro.J1939Frames;
import io.foretell.bench.micro.ReportDecoding;
import io.foretell.bench.micro.UdsCodes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The JMH benchmarks, each in a JVM of its own. */
@Command(name = "jmh", description = "The JMH benchmarks of the decoders.")
final class JmhCommand implements Callable<Integer> {
  private static final TimeValue SECOND = TimeValue.seconds(1);
  private static final int WARM_UPS = 5;

  /** Shorter than a turn of the scheduler, so that most windows are not shared with others. */
  private static final TimeValue WINDOW = TimeValue.milliseconds(2);

  private static final int MEASURED = 600;

  @Mixin private Setting setting = new Setting();

  @Parameters(
      arity = "0..1",
      defaultValue = ".*",
      paramLabel = "PATTERN",
      description = "Which; a regular expression (default: all).")
  private String pattern = ".*";

  JmhCommand() {}

  JmhCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws RunnerException {
    setting.print(rows());
    return 0;
  }

  List<Row> rows() throws RunnerException {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include("io\\.foretell\\.bench\\.micro\\." + pattern)
                    .forks(1)
                    .warmupIterations(WARM_UPS)
                    .warmupTime(SECOND)
                    .measurementIterations(MEASURED)
                    .measurementTime(WINDOW)
                    .jvmArgs("-XX:+UseSerialGC", "-Xmx1g")
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .run();
    List<Row> rows = new ArrayList<>();
    for (RunResult result : results) {
      rows.add(row(result.getParams().getBenchmark(), result.getPrimaryResult()));
    }
    return rows;
  }

  private static Row row(String benchmark, Result<?> result) {
    double score = result.getStatistics().getPercentile(50);
    String how =
        "JMH, median of %d × 2 ms, 80 %% within %s–%s"
            .formatted(
                MEASURED,
                Row.number(result.getStatistics().getPercentile(10)),
                Row.number(result.getStatistics().getPercentile(90)));
    String type = benchmark.substring(0, benchmark.lastIndexOf('.'));
    if (type.equals(J1939Frames.class.getName())) {
      return Row.atLeast("J1939 reassembly and DM decoding", 3e6, score, "frames/s", how);
    }
    if (type.equals(UdsCodes.class.getName())) {
      return Row.atLeast("UDS 0x19 decoding", 1e6, score, "codes/s", how);
    }
    if (type.equals(DbcSignals.class.getName())) {
      return Row.atMost("DBC decoding", 15, score, "ns/signal", how);
    }
    if (type.equals(ReportDecoding.class.getName())) {
      boolean batch = benchmark.endsWith("batchOf32Samples");
      String what = "Report decoding, " + (batch ? "32 samples" : "3 signals") + " a message";
      return Row.plain(what, score, "ns/sample", how);
    }
    throw new IllegalArgumentException("not in the table: " + benchmark);
  }
}
