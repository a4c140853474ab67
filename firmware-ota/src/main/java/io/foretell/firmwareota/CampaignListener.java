package io.foretell.firmwareota;

import io.foretell.proto.DeviceId;

/**
 * Who wants to know how campaigns go. Called after the change is on disk, in the order of the
 * campaign's timeline, at least once: after a crash the last calls may come again. A call may block
 * for a moment; where it throws, the same call comes again later.
 */
public interface CampaignListener {
  /**
   * The command for a device is on its way.
   *
   * @param fixes the causes that the campaign heals
   */
  void deviceStarted(Campaign campaign, DeviceId device, String fixes);

  /** The device proved that it runs the new software. */
  void deviceSucceeded(Campaign campaign, DeviceId device);

  /**
   * The device failed, refused, fell silent, was never reached, or rolled back.
   *
   * @param reason reason code
   */
  void deviceFailed(Campaign campaign, DeviceId device, boolean rolledBack, String reason);

  /**
   * A wave has begun.
   *
   * @param wave from 0
   */
  void waveStarted(Campaign campaign, int wave);

  /** Nothing more is sent until a person decides. */
  void halted(Campaign campaign, String reason);

  /** It is over: done, cancelled or rolled back, as its state says. */
  void completed(Campaign campaign);
}
