package io.foretell.bench;

import java.util.Locale;

/**
 * One run of one server.
 *
 * @param window unacknowledged PUBLISH a device
 * @param cpuPerMillion CPU-seconds of the server per million messages, until all was done with
 * @param compilingPerMillion the part of it that a JVM's compilers took
 * @param besidePerMillion the same of a broker's subscriber
 * @param ackedPerSecond acknowledged, by the length of the run
 * @param donePerSecond the same, by the time until all was decoded and routed as well
 * @param others CPU that other processes used meanwhile, as a share of the machine
 */
record Sample(
    String server,
    int window,
    int round,
    long messages,
    double cpuPerMillion,
    double compilingPerMillion,
    double besidePerMillion,
    double ackedPerSecond,
    double donePerSecond,
    double p50Millis,
    double p99Millis,
    double others) {
  String json() {
    return String.format(
        Locale.ROOT,
        "{\"server\":\"%s\",\"window\":%d,\"round\":%d,\"messages\":%d,\"cpuPerMillion\":%.3f,\"compilingPerMillion\":%.3f,"
            + "\"besidePerMillion\":%.3f,\"ackedPerSecond\":%.0f,\"donePerSecond\":%.0f,"
            + "\"p50Millis\":%.2f,\"p99Millis\":%.2f,\"others\":%.3f}",
        server,
        window,
        round,
        messages,
        cpuPerMillion,
        compilingPerMillion,
        besidePerMillion,
        ackedPerSecond,
        donePerSecond,
        p50Millis,
        p99Millis,
        others);
  }

  /** For a person to see how it goes. */
  String line() {
    return String.format(
        Locale.ROOT,
        "round %d  %-10s W=%-3d %8.2f CPU-s/M (%.2f compiling)  %,9.0f acked/s  %,9.0f done/s  p50 %.1f ms  p99 %.1f"
            + " ms  others %.0f %%",
        round,
        server,
        window,
        cpuPerMillion,
        compilingPerMillion,
        ackedPerSecond,
        donePerSecond,
        p50Millis,
        p99Millis,
        100 * others);
  }
}
