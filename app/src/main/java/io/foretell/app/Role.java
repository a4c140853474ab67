package io.foretell.app;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a process of an installation does. One that has all roles is an installation by itself. */
enum Role {
  /** The gateway: listeners for devices, their sessions, commands on their way down. */
  GATEWAY,
  /** Ingest and diagnostics: the stages, and the history that they write. */
  WORKER,
  /** Service desk and firmware-ota: tickets, campaigns, API, console, what time brings. */
  DESK;

  /** The word for it. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads {@code gateway,worker,desk}, or some of them. */
  static Set<Role> parse(String text) {
    Set<Role> roles = EnumSet.noneOf(Role.class);
    for (String word : text.split(",")) {
      roles.add(
          Arrays.stream(values())
              .filter(role -> role.word().equals(word.trim().toLowerCase(Locale.ROOT)))
              .findFirst()
              .orElseThrow(
                  () -> new IllegalArgumentException("roles are gateway, worker and desk")));
    }
    return roles;
  }

  /** The words of some. */
  static List<String> words(Set<Role> roles) {
    return roles.stream().sorted().map(Role::word).toList();
  }

  /** Whether several processes may share the work: the lanes and the records can be shared. */
  static boolean shared(Config config) {
    return !config.get(Config.KAFKA).isEmpty() && !config.get(Config.RECORDS_URL).isEmpty();
  }

  /**
   * Refuses roles that cannot be had with what is configured.
   *
   * @throws Config.InvalidConfigException with what to set
   */
  static void check(Config config) {
    Set<Role> roles = config.get(Config.ROLES);
    if (roles.size() == values().length) {
      return;
    }
    String given = "roles = " + String.join(",", words(roles)) + ": ";
    missing(config, Config.KAFKA, "the lanes")
        .or(() -> missing(config, Config.RECORDS_URL, "devices, sessions and tickets"))
        .or(() -> missing(config, Config.INFLUX_URL, "the history"))
        .or(() -> missing(config, Config.SHARED, "keys, signed metadata and artifacts"))
        .ifPresent(
            what -> {
              throw new Config.InvalidConfigException(
                  given + what + "; or leave roles out, and one process does it all");
            });
  }

  private static Optional<String> missing(Config config, Config.Key<String> key, String what) {
    return config.get(key).isEmpty()
        ? Optional.of("processes that share " + what + " need " + key.name())
        : Optional.empty();
  }
}
