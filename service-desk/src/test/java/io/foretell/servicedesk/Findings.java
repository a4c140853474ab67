package io.foretell.servicedesk;

import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.Finding;
import io.foretell.proto.Finding.Kind;
import io.foretell.proto.Position;
import io.foretell.proto.Severity;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Findings for tests, on a lane that counts up. */
public final class Findings {
  /** 2026-11-22T00:00:00Z. */
  public static final long T0 = 1_795_305_600_000L;

  private final String tenant;
  private long offset;

  public Findings(String tenant) {
    this.tenant = tenant;
  }

  public DeviceId device(String name) {
    return new DeviceId(tenant, name);
  }

  /** An active fault that is MAJOR. */
  public Entry<Finding> fault(String device, String cause, long at) {
    return entry(device, at, of("f-" + device + cause + at, Kind.ACTIVE_FAULT, cause, at));
  }

  public Entry<Finding> cleared(String device, String cause, long at) {
    return entry(device, at, of("c-" + device + cause + at, Kind.CLEARED, cause, at));
  }

  public Entry<Finding> predicted(String device, String cause, long at, Duration horizon) {
    Finding plain = of("p-" + device + cause + at, Kind.PREDICTED_FAILURE, cause, at);
    return entry(device, at, with(plain, plain.severity(), Optional.of(horizon)));
  }

  public Entry<Finding> severe(String device, String cause, long at, Severity severity) {
    Finding plain = of("s-" + device + cause + at, Kind.ACTIVE_FAULT, cause, at);
    return entry(device, at, with(plain, severity, Optional.empty()));
  }

  public Entry<Finding> entry(String device, long at, Finding finding) {
    return new Entry<>(new Position("findings", 0, offset++), 0, device(device), at, finding);
  }

  public static Finding of(String id, Kind kind, String cause, long at) {
    return new Finding(
        id,
        kind,
        cause,
        "Title of " + cause,
        Severity.MAJOR,
        0.9,
        Optional.empty(),
        at,
        at,
        1,
        Optional.empty(),
        List.of(
            new Finding.Evidence(
                "signal", at, "coolant rose & stayed", Map.of("engine.coolant", 104.5))),
        "episodes/1");
  }

  public static Finding with(Finding f, Severity severity, Optional<Duration> horizon) {
    return new Finding(
        f.id(),
        f.kind(),
        f.cause(),
        f.title(),
        severity,
        f.confidence(),
        horizon,
        f.at(),
        f.since(),
        f.occurrences(),
        f.fault(),
        f.evidence(),
        f.model());
  }
}
