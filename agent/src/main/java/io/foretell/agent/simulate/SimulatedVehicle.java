package io.foretell.agent.simulate;

import io.foretell.agent.Message;
import io.foretell.agent.Numbering;
import io.foretell.proto.v1.FaultCode;
import io.foretell.proto.v1.FaultReport;
import io.foretell.proto.v1.Report;
import io.foretell.proto.v1.Series;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * An electric vehicle whose inverter is cooled as well as its software drives the pump. When the
 * inverter stays too hot, it sets {@value #CODE} (SAE J2012: inverter cooling system performance);
 * when it has been cool for a while, the code is gone. So software that drives the pump right cures
 * it, and nothing else does: at rest the code stays as it is.
 *
 * <p>Not safe for several threads.
 */
public final class SimulatedVehicle {
  /** The code it sets. */
  public static final String CODE = "P0A93";

  private static final double TOO_HOT = 88;
  private static final double COOL = 84;
  private static final int STEPS_TO_SET = 3;
  private static final int STEPS_TO_CLEAR = 4;
  private static final int FAILED_AND_CONFIRMED = 0x0B;
  private static final int FAILED_SINCE_CLEAR = 0x20;

  private final InverterCooling cooling;
  private final RandomGenerator random;
  private final Numbering numbering;
  private Behaviour software;
  private int hotSteps;
  private int coolSteps;
  private boolean failed;
  private int occurrences;
  private double frozenTemperature;
  private double cruise = 50;
  private boolean parked;

  /** A vehicle that drives. */
  public SimulatedVehicle(Behaviour software, RandomGenerator random, Numbering numbering) {
    this.software = software;
    this.random = random;
    this.numbering = numbering;
    this.cooling = new InverterCooling(random);
  }

  /** Runs other software from now on. */
  public void run(Behaviour other) {
    software = other;
  }

  /** The software that it runs. */
  public Behaviour software() {
    return software;
  }

  /** Stops and stays where it is. */
  public void park() {
    parked = true;
  }

  /** Goes on driving. */
  public void driveOff() {
    parked = false;
  }

  /** Whether it stands. */
  public boolean parked() {
    return parked;
  }

  /** How fast it is, km/h. */
  public double speed() {
    return parked ? 0 : cruise;
  }

  /** Whether the code is set. */
  public boolean failed() {
    return failed;
  }

  /**
   * Lets time pass.
   *
   * @param now event time, ms since 1970
   * @return what it reports: its signals, and what its inverter says of faults
   */
  public List<Message> step(long now, double seconds) {
    if (parked) {
      // The monitor needs the load: at rest it judges nothing, and the code stays as it is.
      cooling.stand(seconds, software.pumpDuty());
    } else {
      cooling.drive(seconds, software.pumpDuty());
      cruise = Math.min(120, Math.max(20, cruise + random.nextGaussian() * 4));
      judge();
    }
    List<Message> said = new ArrayList<>();
    said.add(Message.own("telemetry", signals(now)));
    said.add(faultReport(now));
    return said;
  }

  /** What its inverter says of faults now. */
  Message faultReport(long now) {
    return Message.own("faults", faults(now));
  }

  private void judge() {
    hotSteps = cooling.temperature() > TOO_HOT ? hotSteps + 1 : 0;
    coolSteps = cooling.temperature() < COOL ? coolSteps + 1 : 0;
    if (!failed && hotSteps >= STEPS_TO_SET) {
      failed = true;
      occurrences = Math.min(126, occurrences + 1);
      frozenTemperature = cooling.temperature();
    } else if (failed && coolSteps >= STEPS_TO_CLEAR) {
      failed = false;
    }
  }

  private Report signals(long now) {
    return Report.newBuilder()
        .setOrigin(numbering.next())
        .setBaseTime(now)
        .addSeries(one("Vehicle.Speed", speed()))
        .addSeries(one("Vehicle.Powertrain.ElectricMotor.InverterTemperature", temperature()))
        .addSeries(one("Vehicle.Powertrain.ElectricMotor.Load", parked ? 0 : cooling.load() * 100))
        .addSeries(one("Vehicle.Powertrain.Cooling.PumpDuty", software.pumpDuty() * 100))
        .build();
  }

  private double temperature() {
    return Math.round(cooling.temperature() * 10) / 10.0;
  }

  private static Series one(String signal, double value) {
    return Series.newBuilder().setSignal(signal).addValue(value).build();
  }

  private FaultReport faults(long now) {
    FaultReport.Builder report =
        FaultReport.newBuilder()
            .setOrigin(numbering.next())
            .setTime(now)
            .setSource("inverter")
            .setComplete(true);
    if (failed) {
      report.addFaults(
          FaultCode.newBuilder()
              .setCode(CODE)
              .setStatus(FAILED_AND_CONFIRMED | FAILED_SINCE_CLEAR)
              .setCount(occurrences)
              .putFreezeFrame(
                  "Vehicle.Powertrain.ElectricMotor.InverterTemperature", frozenTemperature)
              .putFreezeFrame("Vehicle.Powertrain.Cooling.PumpDuty", software.pumpDuty() * 100));
    }
    return report.build();
  }
}
