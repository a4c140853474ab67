package io.foretell.diagnostics;

import io.foretell.proto.DeviceId;
import io.foretell.proto.Emit;
import io.foretell.proto.Entry;
import io.foretell.proto.Finding;
import io.foretell.proto.Position;
import io.foretell.proto.Stage;
import io.foretell.proto.Telemetry;
import io.foretell.proto.Topic;
import java.util.ArrayList;
import java.util.List;

/** Runs a diagnosis over the telemetry of one device as an engine does, ticks included. */
public final class FoldRun {
  public static final Topic<Finding> FINDINGS = Topic.pass("findings");
  static final DeviceId DEVICE = DeviceId.parse("truck-7");

  private final Diagnosis diagnosis;
  private final List<Finding> findings = new ArrayList<>();
  private DiagnosisState state;
  private long offset;
  private boolean repacked;

  private final Emit out =
      new Emit() {
        @Override
        public <T> void to(Topic<T> topic, DeviceId key, T value) {
          findings.add((Finding) value);
        }
      };

  /** Begins with a device that was never heard. */
  public FoldRun(Diagnosis diagnosis) {
    this.diagnosis = diagnosis;
    this.state = diagnosis.initial(DEVICE);
  }

  /** From now on the state goes through its codec after each step. */
  public FoldRun repacked() {
    repacked = true;
    return this;
  }

  /** The process ends here and another one goes on from what was committed. */
  FoldRun restart() {
    state = diagnosis.codec().decode(diagnosis.codec().encode(state));
    return this;
  }

  /** One value of telemetry that came at {@code at}. */
  public FoldRun take(long at, Telemetry telemetry) {
    passTo(at);
    Position position = new Position("uplink", 0, offset++);
    step(diagnosis.apply(state, new Entry<>(position, 0, DEVICE, at, telemetry), out));
    return this;
  }

  /** Lets the entries' clock go on. */
  FoldRun passTo(long at) {
    for (long wake = diagnosis.wakeAt(state); wake <= at; wake = diagnosis.wakeAt(state)) {
      if (wake == Stage.NEVER) {
        return this;
      }
      step(diagnosis.tick(state, DEVICE, wake, out));
    }
    return this;
  }

  /** Lets all ticks come that the state waits for. */
  public FoldRun toTheEnd() {
    return passTo(Stage.NEVER - 1);
  }

  /** What was said so far. */
  public List<Finding> findings() {
    return findings;
  }

  /** The state now. */
  public DiagnosisState state() {
    return state;
  }

  private void step(DiagnosisState next) {
    state = repacked ? diagnosis.codec().decode(diagnosis.codec().encode(next)) : next;
  }
}
