package io.foretell.diagnostics.j1939;

import java.util.List;

/**
 * A diagnostic message of SAE J1939-73 in its own form. Numbers are as on the wire; a count of 255
 * (one byte), 65535 (two) or 4294967295 (four) is "not available", -1 here.
 */
public sealed interface Dm {
  /** Which message it is. */
  DmKind kind();

  /** DM1, 2, 6, 12, 23, 27, 28: lamps and codes. */
  record Codes(DmKind kind, DiagnosticMessage content) implements Dm {}

  /** DM3, DM11: what is active, or was, is to be cleared. */
  record Clear(DmKind kind) implements Dm {}

  /**
   * DM5.
   *
   * @param active how many codes are active
   * @param previouslyActive how many were
   * @param compliance what OBD the engine complies with, as in SAE J1979 PID 1C
   * @param systems the monitored systems
   */
  record Readiness(
      DmKind kind, int active, int previouslyActive, int compliance, List<MonitoredSystem> systems)
      implements Dm {}

  /**
   * DM26: readiness since the engine was started.
   *
   * @param secondsRunning since engine start
   * @param warmUps since the codes were cleared
   */
  record TripReadiness(DmKind kind, int secondsRunning, int warmUps, List<MonitoredSystem> systems)
      implements Dm {}

  /** DM21: distances in km and engine run times in minutes. */
  record Distances(
      DmKind kind, int kmWithMil, int kmSinceClear, int minutesWithMil, int minutesSinceClear)
      implements Dm {}

  /** DM7: which test is asked for; test identifier 247 asks for all results of an SPN. */
  record TestCommand(DmKind kind, int test, int spn, int fmi) implements Dm {}

  /** DM19. */
  record Calibrations(DmKind kind, List<Calibration> calibrations) implements Dm {}

  /**
   * One calibration.
   *
   * @param cvn verification number, eight hex digits, most significant first
   * @param id identification, without the zeros that fill it up
   */
  record Calibration(String cvn, String id) {}

  /** DM20. */
  record Performance(DmKind kind, int ignitionCycles, int conditionsMet, List<Ratio> ratios)
      implements Dm {}

  /** How often a monitor has run, of how often it could have. */
  record Ratio(int spn, int numerator, int denominator) {}

  /**
   * DM22.
   *
   * @param control 1 clear previously active, 17 clear active; + 1 done, + 2 refused
   * @param indicator why it is refused: 0 in general, 1 access denied, 2 unknown code, 3 no longer
   *     previously active, 4 no longer active
   */
  record IndividualClear(DmKind kind, int control, int indicator, int spn, int fmi) implements Dm {}

  /** DM24. */
  record SpnSupport(DmKind kind, List<SupportedSpn> spns) implements Dm {}

  /**
   * What an SPN is supported in.
   *
   * @param bytes length of its data in a freeze frame
   */
  record SupportedSpn(
      int spn, boolean freezeFrame, boolean dataStream, boolean testResults, int bytes) {}

  /** DM25. */
  record FreezeFrames(DmKind kind, List<FreezeFrame> frames) implements Dm {}

  /** One freeze frame; the order of the SPNs in its data is that of DM24. */
  record FreezeFrame(J1939Dtc dtc, byte[] data) {}

  /** DM29: how many codes of each sort. */
  record Counts(
      DmKind kind, int pending, int allPending, int milOn, int previouslyMilOn, int permanent)
      implements Dm {}

  /** DM30. */
  record TestResults(DmKind kind, List<TestResult> results) implements Dm {}

  /**
   * One result; value and limits in steps of the SLOT, limits -1 where there is none.
   *
   * @param outcome passed, failed, not complete, cannot be performed
   */
  record TestResult(
      int test, int spn, int fmi, int slot, int value, int maximum, int minimum, String outcome) {}

  /** DM31. */
  record LampAssociations(DmKind kind, List<LampAssociation> associations) implements Dm {}

  /** Which lamps one code turns on. */
  record LampAssociation(J1939Dtc dtc, LampStates lamp, LampStates flash) {}

  /** DM33. */
  record AecdTimes(DmKind kind, List<AecdTime> times) implements Dm {}

  /** One auxiliary emission control device: minutes of each timer. */
  record AecdTime(int number, long timer1, long timer2) {}

  /** DM34: 0 outside, 1 inside, 3 not available, of each area. */
  record NteStatus(
      DmKind kind,
      int noxControl,
      int noxCarveOut,
      int noxDeficiency,
      int pmControl,
      int pmCarveOut,
      int pmDeficiency)
      implements Dm {}

  /**
   * DM56.
   *
   * @param modelYear {@code 2027E-MY}: of the engine; V: of the vehicle
   */
  record EngineFamily(DmKind kind, String modelYear, String family) implements Dm {}

  /**
   * A system that is monitored.
   *
   * @param supported DM5: the engine has it; DM26: it can still run in this cycle
   * @param complete its test has run
   */
  record MonitoredSystem(String name, boolean supported, boolean complete) {}
}
