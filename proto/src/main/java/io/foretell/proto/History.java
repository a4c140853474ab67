package io.foretell.proto;

import java.util.List;

/** Samples of signals over event time. Calls may block on storage: never from an event loop. */
public interface History {
  /** Names of the signals that a device has samples of, sorted. */
  List<String> signals(DeviceId device);

  /**
   * Samples with {@code since <= t < until}, in order of time, one a moment.
   *
   * @param limit the most samples to return, from {@code since} on
   */
  List<Sample> read(DeviceId device, String signal, long since, long until, int limit);

  /** The newest sample by event time of each signal. */
  List<Sample> latest(DeviceId device);

  /**
   * One value.
   *
   * @param t event time, ms since 1970
   */
  record Sample(String signal, long t, double value) {}
}
