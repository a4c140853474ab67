package io.foretell.bench.micro;

import io.foretell.agent.Numbering;
import io.foretell.agent.recording.CandumpRecording;
import io.foretell.agent.recording.Due;
import io.foretell.agent.recording.Recordings;
import io.foretell.diagnostics.Observation;
import io.foretell.diagnostics.codes.CodeBook;
import io.foretell.diagnostics.j1939.J1939Memory;
import io.foretell.diagnostics.j1939.J1939Reader;
import io.foretell.ingest.Decoding;
import io.foretell.ingest.Limits;
import io.foretell.ingest.PayloadReader;
import io.foretell.ingest.payload.Payloads;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Telemetry;
import io.foretell.proto.Uplink;
import io.foretell.proto.UplinkKind;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** A truck's J1939 bus, as recorded, through reassembly and DM decoding: frames a second. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class J1939Frames {
  private static final DeviceId DEVICE = new DeviceId("default", "truck");
  private static final int FRAMES = 100_000;
  private static final long NOW = 1_795_308_448_257L;
  private static final long SLICE_MILLIS = 1000;

  private final J1939Reader reader = new J1939Reader(new CodeBook());
  private final List<Telemetry.Frames> batches = new ArrayList<>();

  /** Cuts the recording into batches of a second, as the agent sends them. */
  @Setup
  public void read() throws IOException {
    PayloadReader payloads =
        Payloads.standard(Limits.DEFAULT).stream()
            .filter(r -> r.contentTypes().contains(Decoding.PROTOBUF))
            .findFirst()
            .orElseThrow();
    int left = FRAMES;
    try (BufferedReader lines = Recordings.open(Recordings.TRUCK)) {
      for (Due due : CandumpRecording.read(lines, SLICE_MILLIS, NOW, new Numbering(1))) {
        byte[] payload = due.message().payload();
        Uplink uplink = new Uplink(UplinkKind.FRAMES, NOW, "", "mqtt", payload);
        for (Telemetry telemetry : payloads.read(uplink).values()) {
          if (telemetry instanceof Telemetry.Frames frames && left > 0) {
            Telemetry.Frames some = first(frames, left);
            left -= some.ids().length;
            batches.add(some);
          }
        }
      }
    }
    if (left > 0) {
      throw new IllegalStateException("the recording is shorter than " + FRAMES + " frames");
    }
  }

  private static Telemetry.Frames first(Telemetry.Frames frames, int most) {
    int count = Math.min(most, frames.ids().length);
    return new Telemetry.Frames(
        frames.time(),
        frames.bus(),
        Arrays.copyOf(frames.micros(), count),
        Arrays.copyOf(frames.ids(), count),
        Arrays.copyOf(frames.ends(), count),
        frames.data());
  }

  /** The first 100,000 frames of the recording, from a memory that has heard nothing. */
  @Benchmark
  @OperationsPerInvocation(FRAMES)
  public void recordedTruck(Blackhole out) {
    J1939Memory memory = reader.fresh();
    for (Telemetry.Frames frames : batches) {
      List<Observation> said = reader.read(memory, DEVICE, frames);
      out.consume(said);
    }
  }
}
