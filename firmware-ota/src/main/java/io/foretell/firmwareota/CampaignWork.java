package io.foretell.firmwareota;

import io.foretell.firmwareota.CampaignEvent.Kind;
import io.foretell.firmwareota.CampaignStore.Member;
import io.foretell.firmwareota.CampaignStore.Outgoing;
import io.foretell.firmwareota.CampaignStore.Records;
import io.foretell.firmwareota.CampaignStore.UnreadableException;
import io.foretell.proto.Command;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Position;
import io.foretell.proto.Telemetry;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what the rules say, on the records of one transaction: state, timeline and outgoing
 * commands change together.
 *
 * @param records of the transaction
 * @param now ms since 1970
 */
record CampaignWork(Records records, long now) {
  private static final Logger log = LoggerFactory.getLogger(CampaignWork.class);
  private static final int PAGE = 500;

  /** Moves a campaign and does what follows. */
  Campaign apply(Campaign campaign, RolloutEvent event, String by) {
    RolloutRules.Step step = RolloutRules.step(campaign.plan().waves(), campaign.rollout(), event);
    Campaign next = campaign.with(step.rollout());
    if (!next.rollout().equals(campaign.rollout())) {
      records.save(campaign.id(), next.rollout());
    }
    step.effects().forEach(effect -> perform(next, effect, by));
    return next;
  }

  /** Takes in what a device says, in every campaign that it concerns. */
  void onMessage(DeviceId device, Telemetry message, Position position, int ordinal) {
    for (Member member : records.memberships(device, namedBy(message))) {
      if (!member.progress().hasSeen(position, ordinal)) {
        readable(member.campaign())
            .ifPresent(c -> onMessage(c, member.progress(), message, position, ordinal));
      }
    }
  }

  /** Settles a device that was not heard of in time. */
  void onDeadline(Member member) {
    Optional<Campaign> campaign = readable(member.campaign());
    if (campaign.isEmpty()) {
      // The row would be due for ever; what it is part of stands still anyway.
      records.save(
          member.campaign(),
          member.progress().settled(DeviceStatus.SILENT, "", "its campaign cannot be read", now));
      return;
    }
    Campaign c = campaign.get();
    move(
        c, member.progress(), c.rules(member.progress().wave()).onDeadline(member.progress(), now));
  }

  /** A live campaign; one that cannot be read is halted and left out. */
  Optional<Campaign> readable(String id) {
    try {
      return records.find(id);
    } catch (UnreadableException e) {
      log.error("campaign {} cannot be read and is halted", id, e);
      records.haltUnread(id, String.valueOf(e.getMessage()), now);
      return Optional.empty();
    }
  }

  void note(Campaign campaign, Kind kind, String reason, String by) {
    note(campaign.id(), kind, "", -1, reason, "", by);
  }

  private void onMessage(
      Campaign campaign, DeviceProgress device, Telemetry message, Position position, int ordinal) {
    DeviceRules rules = campaign.rules(device.wave());
    Optional<DeviceProgress> next = Optional.empty();
    if (message instanceof Telemetry.Update update) {
      next = rules.onUpdate(device, update, now);
    } else if (message instanceof Telemetry.Reply reply
        && reply.commandId().equals(commandId(campaign.id(), device))) {
      next = rules.onReply(device, reply, now);
    }
    boolean counts =
        next.isPresent() && (campaign.rollout().state().live() || !next.get().status().open());
    if (counts) {
      move(campaign, device, next.orElseThrow().seeing(position, ordinal));
    } else {
      // What meant nothing then must not mean something when it comes again later.
      records.save(campaign.id(), device.seeing(position, ordinal));
    }
  }

  private void move(Campaign campaign, DeviceProgress before, DeviceProgress after) {
    records.save(campaign.id(), after);
    if (before.bucket() == after.bucket()) {
      return;
    }
    noteSettled(campaign, after);
    Campaign next =
        apply(
            campaign,
            new RolloutEvent.Moved(now, after.wave(), before.bucket(), after.bucket()),
            "");
    if (!next.rollout().state().live() && !after.status().open()) {
      records.release(campaign.id(), after.device());
    }
  }

  private void noteSettled(Campaign campaign, DeviceProgress device) {
    Kind kind =
        switch (device.status()) {
          case SUCCEEDED -> Kind.DEVICE_SUCCEEDED;
          case FAILED, REFUSED, SILENT -> Kind.DEVICE_FAILED;
          case ROLLED_BACK -> Kind.DEVICE_ROLLED_BACK;
          case UNREACHED -> Kind.DEVICE_UNREACHED;
          case PENDING, OFFERED, RECEIVED, DOWNLOADING, VERIFIED, INSTALLED -> null;
        };
    if (kind != null) {
      note(
          campaign.id(),
          kind,
          device.device(),
          device.wave(),
          device.reason(),
          device.detail(),
          "");
    }
  }

  private void perform(Campaign campaign, RolloutEffect effect, String by) {
    String id = campaign.id();
    if (effect instanceof RolloutEffect.WaveStarted wave) {
      note(id, Kind.WAVE_STARTED, "", wave.wave(), "", "", "");
    } else if (effect instanceof RolloutEffect.Offer offer) {
      offer(campaign, offer.wave());
    } else if (effect instanceof RolloutEffect.Halted halted) {
      note(campaign, Kind.HALTED, halted.reason(), by);
    } else if (effect instanceof RolloutEffect.Resumed) {
      note(campaign, Kind.RESUMED, "", by);
    } else if (effect instanceof RolloutEffect.WriteOff off) {
      records.writeOffFailed(id, off.waves());
      note(campaign, Kind.WRITTEN_OFF, "", by);
    } else if (effect instanceof RolloutEffect.Retry retry) {
      records.retryFailed(id, retry.waves(), now);
      note(campaign, Kind.RETRIED, "", by);
    } else if (effect instanceof RolloutEffect.Ended ended) {
      end(campaign, ended, by);
    }
  }

  private void end(Campaign campaign, RolloutEffect.Ended ended, String by) {
    records.releaseSettled(campaign.id());
    Kind kind =
        switch (ended.as()) {
          case DONE -> Kind.DONE;
          case ROLLED_BACK -> Kind.ROLLBACK_ORDERED;
          default -> Kind.CANCELLED;
        };
    note(campaign, kind, ended.reason(), by);
  }

  private void offer(Campaign campaign, int wave) {
    List<DeviceProgress> waiting = records.pending(campaign.id(), wave, PAGE);
    while (!waiting.isEmpty()) {
      for (DeviceProgress device : waiting) {
        DeviceProgress offered = device.offered(now, now + campaign.plan().commandMillis());
        records.save(campaign.id(), offered);
        records.enqueue(
            new Outgoing(
                new DeviceId(campaign.tenant(), device.device()), command(campaign, offered), 0));
        note(
            campaign.id(),
            Kind.DEVICE_STARTED,
            device.device(),
            wave,
            "",
            "attempt " + offered.attempt(),
            "");
      }
      waiting = records.pending(campaign.id(), wave, PAGE);
    }
  }

  private Command command(Campaign campaign, DeviceProgress device) {
    return new Command(
        commandId(campaign.id(), device),
        "install",
        campaign.install().arguments(campaign.id()),
        now,
        device.deadline(),
        campaign.plan().preconditions(),
        "campaign:" + campaign.id());
  }

  // The same for the same attempt, so that a command sent twice is one command.
  private static String commandId(String campaign, DeviceProgress device) {
    return campaign + "." + device.attempt() + "." + device.device();
  }

  private static String namedBy(Telemetry message) {
    if (message instanceof Telemetry.Update update) {
      return update.campaignId();
    }
    return message instanceof Telemetry.Reply reply ? reply.commandId().split("\\.", 2)[0] : "";
  }

  private void note(
      String campaign,
      Kind kind,
      String device,
      int wave,
      String reason,
      String detail,
      String by) {
    records.append(new CampaignEvent(campaign, 0, now, kind, device, wave, reason, detail, by));
  }
}
