package io.foretell.app.migrate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The rows of one side by kind, in the order in which the kinds came. */
final class Tallies {
  private final Map<String, Tally> kinds = new LinkedHashMap<>();
  private final String step;
  private final Progress progress;

  Tallies(String step, Progress progress) {
    this.step = step;
    this.progress = progress;
  }

  Tally of(String kind) {
    return kinds.computeIfAbsent(kind, first -> new Tally());
  }

  /** A row of a kind has ended. */
  void glance(String kind) {
    progress.at(step, kind, of(kind).rows(), false);
  }

  /** All rows of a kind were seen. */
  void done(String kind) {
    progress.at(step, kind, of(kind).rows(), true);
  }

  /** As a report has it; without the other side where there is none. */
  List<Report.Kind> alone() {
    List<Report.Kind> all = new ArrayList<>();
    kinds.forEach(
        (name, tally) -> all.add(new Report.Kind(name, tally.rows(), 0, tally.digest(), false)));
    return all;
  }

  /** Compares all kinds of either side. */
  List<Report.Kind> against(Tallies target) {
    List<Report.Kind> all = new ArrayList<>();
    Map<String, Tally> names = new LinkedHashMap<>(kinds);
    target.kinds.forEach(names::putIfAbsent);
    for (String name : names.keySet()) {
      Tally here = kinds.getOrDefault(name, new Tally());
      Tally there = target.kinds.getOrDefault(name, new Tally());
      all.add(new Report.Kind(name, here.rows(), there.rows(), here.digest(), here.same(there)));
    }
    return all;
  }
}
