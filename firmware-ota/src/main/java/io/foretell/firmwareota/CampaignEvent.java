package io.foretell.firmwareota;

/**
 * One entry of a campaign's timeline.
 *
 * @param number counts up from 1 within the campaign
 * @param at ms since 1970
 * @param device its name; empty where it is about the campaign as a whole
 * @param wave from 0; -1 where it is about none
 * @param reason reason code or words, where something failed or a person gave one
 * @param by who caused it; empty: the campaign itself
 */
public record CampaignEvent(
    String campaign,
    long number,
    long at,
    Kind kind,
    String device,
    int wave,
    String reason,
    String detail,
    String by) {

  /** What happened. */
  public enum Kind {
    CREATED,
    STARTED,
    WAVE_STARTED,
    DEVICE_STARTED,
    DEVICE_SUCCEEDED,
    DEVICE_FAILED,
    DEVICE_ROLLED_BACK,
    DEVICE_UNREACHED,
    HALTED,
    RESUMED,
    WRITTEN_OFF,
    RETRIED,
    ROLLBACK_ORDERED,
    CANCELLED,
    DONE
  }
}
