package io.foretell.diagnostics;

import io.foretell.diagnostics.episodes.Change;
import io.foretell.diagnostics.episodes.Episode;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Fault;
import io.foretell.proto.Finding;
import io.foretell.proto.Finding.Evidence;
import io.foretell.proto.Finding.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Puts a change of an episode into words: the finding, with its evidence. */
final class FaultFindings {
  private static final String MODEL = "episodes/1";

  private final long healingMillis;

  FaultFindings(long healingMillis) {
    this.healingMillis = healingMillis;
  }

  Finding of(DeviceId device, Change change) {
    Episode e = change.episode();
    Kind kind = change.kind() == Change.Kind.CLEARED ? Kind.CLEARED : Kind.ACTIVE_FAULT;
    String cause = "fault:" + e.identity();
    return new Finding(
        FindingId.of(device, cause, e.since(), kind, step(change)),
        kind,
        cause,
        title(change),
        e.severity(),
        e.confidence(),
        Optional.empty(),
        change.at(),
        e.since(),
        e.occurrences(),
        Optional.of(e.fault()),
        evidence(change),
        MODEL);
  }

  private static String step(Change change) {
    return switch (change.kind()) {
      case OPENED, CLEARED -> "";
      case WORSENED -> change.episode().severity() + "/" + change.episode().lamp();
      case INTERMITTENT -> "INTERMITTENT";
    };
  }

  private static String title(Change change) {
    Fault fault = change.episode().fault();
    String name = fault.code() + (fault.subType() < 0 ? "" : "/" + fault.subType());
    String text =
        fault.title().contains(fault.code()) ? fault.title() : name + ": " + fault.title();
    return switch (change.kind()) {
      case OPENED, WORSENED -> text;
      case INTERMITTENT -> text + " (comes and goes)";
      case CLEARED -> text + " (gone)";
    };
  }

  private List<Evidence> evidence(Change change) {
    Episode e = change.episode();
    List<Evidence> evidence = new ArrayList<>();
    evidence.add(
        new Evidence(
            "fault",
            e.since(),
            "First reported" + by(e),
            Map.of("status", (double) e.firstStatus())));
    if (!e.freezeFrame().isEmpty()) {
      evidence.add(
          new Evidence("freeze-frame", e.since(), "At the moment of the fault", e.freezeFrame()));
    }
    evidence.add(new Evidence("fault", e.lastSeen(), lastWords(e), counts(e)));
    if (change.kind() == Change.Kind.CLEARED) {
      evidence.add(healing(change));
    }
    return evidence;
  }

  private static String lastWords(Episode e) {
    String text = "Last reported" + by(e);
    if (e.lamp() != Fault.Lamp.NONE) {
      text += ", lamp " + e.lamp().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
    return e.flaps() == 0 ? text : text + ", came back " + e.flaps() + " times";
  }

  private static String by(Episode e) {
    return e.source().isEmpty() ? "" : " by " + e.source();
  }

  private static Map<String, Double> counts(Episode e) {
    Map<String, Double> counts = new LinkedHashMap<>();
    counts.put("status", (double) e.fault().status());
    counts.put("observations", (double) e.observations());
    counts.put("returns", (double) e.flaps());
    if (e.fault().count() > 0) {
      counts.put("device.count", (double) e.fault().count());
    }
    return counts;
  }

  private Evidence healing(Change change) {
    Episode e = change.episode();
    String how =
        e.absentBy() == Episode.Absence.NOT_FAILING
            ? "Reported as not failing"
            : "Not in the list of faults any more";
    return new Evidence(
        "healing",
        e.absentSince(),
        how + by(e) + "; the device reported on and it stayed away for the healing period",
        Map.of("healing.seconds", healingMillis / 1000.0));
  }
}
