package io.foretell.firmwareota;

import io.foretell.proto.ReasonCode;
import io.foretell.proto.Telemetry;
import java.util.Optional;

/**
 * How what a device says moves it within a campaign: a pure function. Only the version that it
 * reports to run is a proof; an answer that contradicts itself counts against the campaign.
 *
 * @param campaign the campaign's id
 * @param install what was asked for
 * @param silenceMillis of the wave that the device is in
 */
record DeviceRules(String campaign, Install install, long silenceMillis) {

  /** Where an update report takes the device; empty where it says nothing new. */
  Optional<DeviceProgress> onUpdate(DeviceProgress device, Telemetry.Update update, long now) {
    boolean ours = campaign.equals(update.campaignId());
    return switch (update.step()) {
      case RUNNING -> onRunning(device, update, ours, now);
      case ROLLED_BACK ->
          ours && device.status() != DeviceStatus.PENDING
              ? settle(device, DeviceStatus.ROLLED_BACK, update, now)
              : Optional.empty();
      case FAILED -> ours ? onFailure(device, DeviceStatus.FAILED, update, now) : Optional.empty();
      case REFUSED ->
          ours ? onFailure(device, DeviceStatus.REFUSED, update, now) : Optional.empty();
      case RECEIVED -> onProgress(device, DeviceStatus.RECEIVED, update, ours, now);
      case DOWNLOADING -> onProgress(device, DeviceStatus.DOWNLOADING, update, ours, now);
      case VERIFIED -> onProgress(device, DeviceStatus.VERIFIED, update, ours, now);
      case INSTALLED -> onProgress(device, DeviceStatus.INSTALLED, update, ours, now);
    };
  }

  /** Where the answer to the command itself takes the device; {@code DONE} is no proof. */
  Optional<DeviceProgress> onReply(DeviceProgress device, Telemetry.Reply reply, long now) {
    boolean waiting =
        device.status() == DeviceStatus.OFFERED || device.status() == DeviceStatus.UNREACHED;
    return switch (reply.outcome()) {
      case ACCEPTED ->
          waiting
              ? Optional.of(device.working(DeviceStatus.RECEIVED, 0, now, plus(now, silenceMillis)))
              : Optional.empty();
      case DONE -> Optional.empty();
      case EXPIRED ->
          device.status() == DeviceStatus.OFFERED
              ? Optional.of(
                  device.settled(
                      DeviceStatus.UNREACHED, ReasonCode.EXPIRED.name(), reply.detail(), now))
              : Optional.empty();
      case FAILED, REFUSED ->
          device.status().open() || device.status() == DeviceStatus.UNREACHED
              ? Optional.of(
                  device.settled(
                      reply.outcome() == Telemetry.Outcome.FAILED
                          ? DeviceStatus.FAILED
                          : DeviceStatus.REFUSED,
                      reply.proof().getOrDefault("reason", ReasonCode.CONFLICT.name()),
                      reply.detail(),
                      now))
              : Optional.empty();
    };
  }

  /** What a device is whose deadline has passed. */
  DeviceProgress onDeadline(DeviceProgress device, long now) {
    return device.status() == DeviceStatus.OFFERED
        ? device.settled(
            DeviceStatus.UNREACHED, ReasonCode.EXPIRED.name(), "took no command in time", now)
        : device.settled(
            DeviceStatus.SILENT,
            ReasonCode.EXPIRED.name(),
            "took the command and fell silent",
            now);
  }

  private Optional<DeviceProgress> onRunning(
      DeviceProgress device, Telemetry.Update update, boolean ours, long now) {
    String runs = update.software().get(install.component());
    if (install.version().text().equals(runs)) {
      return device.status() == DeviceStatus.SUCCEEDED
          ? Optional.empty()
          : Optional.of(device.settled(DeviceStatus.SUCCEEDED, "", "runs " + runs, now));
    }
    String detail = "asked for " + install.version() + ", runs " + runs;
    boolean fellBack =
        device.status() == DeviceStatus.INSTALLED || device.status() == DeviceStatus.SUCCEEDED;
    if (fellBack && (ours || runs != null)) {
      return Optional.of(
          device.settled(
              DeviceStatus.ROLLED_BACK, ReasonCode.SLOT_DID_NOT_START.name(), detail, now));
    }
    return ours && device.status().open()
        ? Optional.of(device.settled(DeviceStatus.FAILED, ReasonCode.CONFLICT.name(), detail, now))
        : Optional.empty();
  }

  private Optional<DeviceProgress> onFailure(
      DeviceProgress device, DeviceStatus next, Telemetry.Update update, long now) {
    boolean stillRuns =
        device.status() == DeviceStatus.SUCCEEDED
            && install.version().text().equals(update.software().get(install.component()));
    return stillRuns
            || device.status() == DeviceStatus.PENDING
            || device.status() == DeviceStatus.ROLLED_BACK
        ? Optional.empty()
        : settle(device, next, update, now);
  }

  private Optional<DeviceProgress> settle(
      DeviceProgress device, DeviceStatus next, Telemetry.Update update, long now) {
    return device.status() == next
        ? Optional.empty()
        : Optional.of(device.settled(next, update.reason(), update.detail(), now));
  }

  private Optional<DeviceProgress> onProgress(
      DeviceProgress device, DeviceStatus next, Telemetry.Update update, boolean ours, long now) {
    boolean listens =
        device.status().open()
            || device.status() == DeviceStatus.UNREACHED
            || device.status() == DeviceStatus.SILENT;
    return ours && listens
        ? Optional.of(device.working(next, update.percent(), now, plus(now, silenceMillis)))
        : Optional.empty();
  }

  private static long plus(long now, long millis) {
    return millis > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + millis;
  }
}
