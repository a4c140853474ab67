package io.foretell.agent.simulate;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a command may ask of a vehicle before it starts: {@code parked}, {@code speed<N} (km/h).
 * What the vehicle does not know does not hold.
 */
final class Preconditions {
  private static final Pattern SPEED_BELOW =
      Pattern.compile("speed\\s*<\\s*([0-9]{1,6}(?:\\.[0-9]{1,6})?)");

  private Preconditions() {}

  /** Why the command must not start now; empty where all hold. */
  static Optional<String> unmet(List<String> preconditions, SimulatedVehicle vehicle) {
    for (String precondition : preconditions) {
      Optional<String> unmet = unmet(precondition.strip(), vehicle);
      if (unmet.isPresent()) {
        return unmet;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> unmet(String precondition, SimulatedVehicle vehicle) {
    if (precondition.equals("parked")) {
      return vehicle.parked() ? Optional.empty() : Optional.of("not parked");
    }
    Matcher below = SPEED_BELOW.matcher(precondition);
    if (!below.matches()) {
      return Optional.of("unknown precondition '" + precondition + "'");
    }
    return vehicle.speed() < Double.parseDouble(below.group(1))
        ? Optional.empty()
        : Optional.of(
            "speed is " + Math.round(vehicle.speed() * 10) / 10.0 + ", not " + precondition);
  }
}
