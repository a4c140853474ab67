package io.foretell.agent.simulate;

import java.util.random.RandomGenerator;

/**
 * The cooling loop of an electric vehicle's inverter: one heat capacity, heated by the drive and
 * cooled by the coolant that the pump moves.
 *
 * <p>dT/dt = (P − k·duty·(T − T_coolant)) / C, with P 0.6–3 kW, k 75 W/K at full duty and C 150
 * J/K: a pump at duty 0.8 keeps the power module between 55 and 82 °C, one at duty 0.25 lets it go
 * past 90 °C within seconds of driving.
 */
final class InverterCooling {
  private static final double CAPACITY = 150;
  private static final double CONDUCTANCE = 75;
  private static final double COOLANT = 35;

  private final RandomGenerator random;
  private double temperature = 45;
  private double load = 0.5;

  InverterCooling(RandomGenerator random) {
    this.random = random;
  }

  /** Lets some time of driving pass. */
  void drive(double seconds, double duty) {
    load = Math.min(1, Math.max(0.3, load + random.nextGaussian() * 0.05));
    settle(seconds, 600 + 2400 * load, duty);
  }

  /** Lets some time of standing pass: no heat. */
  void stand(double seconds, double duty) {
    settle(seconds, 0, duty);
  }

  /** The equation's solution for constant heat, so that a step of any length is stable. */
  private void settle(double seconds, double heat, double duty) {
    double conductance = 4 + CONDUCTANCE * duty;
    double steady = COOLANT + heat / conductance;
    temperature = steady + (temperature - steady) * Math.exp(-seconds * conductance / CAPACITY);
  }

  double temperature() {
    return temperature;
  }

  double load() {
    return load;
  }
}
