package io.foretell.bench;

import io.foretell.bench.server.Fleet;
import io.foretell.bench.server.Neighbours;
import io.foretell.bench.server.Server;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a message cost, in CPU-seconds per million. On a core that it shares with all the others a
 * JVM compiles for many minutes, and a server that runs for weeks does not: so compilers are apart.
 *
 * @param ours each of our processes, without its compilers
 * @param compiling those of all our processes together
 * @param perSecond messages, until all of them were done with
 */
record Cost(
    SortedMap<String, Double> ours,
    double compiling,
    double brokers,
    double databases,
    double perSecond) {
  /**
   * What had been used up to some time, in CPU-seconds.
   *
   * @param ours each of our processes, without its compilers
   */
  record Used(Map<String, Double> ours, double compiling, double brokers, double databases) {
    /** As it stands now. */
    static Used by(Server server, @Nullable Neighbours neighbours) {
      return new Used(
          server instanceof Fleet fleet
              ? fleet.secondsByProcess()
              : Map.of("all", server.cpuSeconds() - server.compilerSeconds()),
          server.compilerSeconds(),
          neighbours == null ? 0 : neighbours.brokerSeconds(),
          neighbours == null ? 0 : neighbours.databaseSeconds());
    }
  }

  /**
   * What so many messages cost between two readings.
   *
   * @param nanos from the first message until all were done with
   * @throws IllegalStateException if there was no message
   */
  static Cost between(Used before, Used after, long messages, long nanos) {
    if (messages <= 0) {
      throw new IllegalStateException("nothing was acknowledged, so a message has no cost");
    }
    double millions = messages / 1e6;
    SortedMap<String, Double> ours = new TreeMap<>();
    after.ours.forEach(
        (process, now) ->
            ours.put(process, (now - before.ours.getOrDefault(process, 0.0)) / millions));
    return new Cost(
        ours,
        (after.compiling - before.compiling) / millions,
        (after.brokers - before.brokers) / millions,
        (after.databases - before.databases) / millions,
        messages * 1e9 / nanos);
  }

  /** The median of each figure by itself. */
  static Cost middle(List<Cost> rounds) {
    SortedMap<String, Double> ours = new TreeMap<>();
    for (Cost round : rounds) {
      for (String process : round.ours.keySet()) {
        ours.put(process, middle(rounds, cost -> cost.ours.getOrDefault(process, 0.0)));
      }
    }
    return new Cost(
        ours,
        middle(rounds, Cost::compiling),
        middle(rounds, Cost::brokers),
        middle(rounds, Cost::databases),
        middle(rounds, Cost::perSecond));
  }

  private static double middle(List<Cost> rounds, ToDoubleFunction<Cost> figure) {
    return Median.of(rounds.stream().map(figure::applyAsDouble).toList()).middle();
  }

  /** All our processes, without their compilers. */
  double all() {
    return ours.values().stream().mapToDouble(one -> one).sum();
  }

  /**
   * Its line of the table.
   *
   * @param how with how many devices and rounds
   */
  Row row(String what, String how) {
    String split =
        ours.size() == 1
            ? ""
            : ours.entrySet().stream()
                .map(one -> one.getKey() + " " + Row.number(one.getValue()))
                .collect(Collectors.joining(", ", "of it ", "; "));
    return Row.plain(
        what,
        all(),
        "CPU-s/M",
        "%sbeside it compilers %s, brokers %s, databases %s; %s messages/s on one core with all of them; %s"
            .formatted(
                split,
                Row.number(compiling),
                Row.number(brokers),
                Row.number(databases),
                Row.number(perSecond),
                how));
  }
}
