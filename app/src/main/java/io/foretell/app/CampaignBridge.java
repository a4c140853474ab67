package io.foretell.app;

import io.foretell.firmwareota.Campaign;
import io.foretell.firmwareota.CampaignListener;
import io.foretell.proto.DeviceId;
import io.foretell.servicedesk.Remedy;
import io.foretell.servicedesk.TicketDesk;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tells the desk what campaigns do for its tickets, and the console what campaigns do. */
final class CampaignBridge implements CampaignListener {
  private @Nullable TicketDesk desk;
  private Consumer<Campaign> watcher = campaign -> {};

  /** The desk and the watcher; they are made after the campaigns. */
  void connect(TicketDesk toDesk, Consumer<Campaign> toWatcher) {
    desk = toDesk;
    watcher = toWatcher;
  }

  private static Remedy remedy(Campaign campaign) {
    return new Remedy(
        Remedy.Kind.CAMPAIGN,
        campaign.id(),
        campaign.install().component() + " " + campaign.install().version());
  }

  private static String by(Campaign campaign) {
    return "campaign:" + campaign.id();
  }

  @Override
  public void deviceStarted(Campaign campaign, DeviceId device, String fixes) {
    if (desk != null && !fixes.isEmpty()) {
      desk.remedyStarted(device, fixes, remedy(campaign), by(campaign));
    }
    watcher.accept(campaign);
  }

  @Override
  public void deviceSucceeded(Campaign campaign, DeviceId device) {
    String fixes = campaign.plan().fixes();
    if (desk != null && !fixes.isEmpty()) {
      desk.remedyApplied(device, fixes, remedy(campaign), by(campaign));
    }
    watcher.accept(campaign);
  }

  @Override
  public void deviceFailed(Campaign campaign, DeviceId device, boolean rolledBack, String reason) {
    watcher.accept(campaign);
  }

  @Override
  public void waveStarted(Campaign campaign, int wave) {
    watcher.accept(campaign);
  }

  @Override
  public void halted(Campaign campaign, String reason) {
    watcher.accept(campaign);
  }

  @Override
  public void completed(Campaign campaign) {
    watcher.accept(campaign);
  }
}
