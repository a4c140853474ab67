package io.foretell.firmwareota;

import io.foretell.proto.Command;
import io.foretell.proto.DeviceId;
import java.util.List;
import java.util.Optional;

/** Where campaigns are kept, with the commands and notices that wait to go out. */
public interface CampaignStore {

  /** Does some work as one: all of it is kept, durably, or none. */
  <R> R inTransaction(Work<R> work);

  /** Some work on the records. */
  interface Work<R> {
    /** Does it. */
    R on(Records records);
  }

  /** A command that has to reach the lane. */
  record Outgoing(DeviceId device, Command command, int tries) {}

  /** A campaign and one of its devices. */
  record Member(String campaign, DeviceProgress progress) {}

  /** A kept campaign cannot be read: what it would do next is unknown. */
  final class UnreadableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** With what is wrong. */
    public UnreadableException(String campaign, Throwable cause) {
      super("campaign " + campaign + " cannot be read: " + cause.getMessage(), cause);
    }
  }

  /** The records, within one transaction. */
  interface Records {
    /** Adds a campaign. */
    void insert(Campaign campaign);

    /**
     * A campaign, whoever's it is.
     *
     * @throws UnreadableException where what is kept makes no sense
     */
    Optional<Campaign> find(String campaign);

    /** Ids of a tenant's campaigns, newest first. */
    List<String> list(String tenant, int offset, int limit);

    /** Ids of the campaigns that are running or halted. */
    List<String> live();

    /** Keeps where a campaign stands. */
    void save(String campaign, Rollout rollout);

    /** Halts a campaign without reading it. */
    void haltUnread(String campaign, String reason, long at);

    /** Adds devices to a campaign. */
    void addDevices(String campaign, List<DeviceProgress> devices);

    /**
     * Takes devices for a campaign, so that no other may send them the same component.
     *
     * @return those that another campaign has
     */
    List<String> claim(String campaign, String tenant, String component, List<String> devices);

    /** Lets go of a campaign's devices, but those that have a command open. */
    void releaseSettled(String campaign);

    /** Lets go of one device. */
    void release(String campaign, String device);

    /** One device of a campaign. */
    Optional<DeviceProgress> device(String campaign, String device);

    /** Devices of a campaign in the order of their names. */
    List<DeviceProgress> devices(String campaign, String after, int limit);

    /** Devices of a wave that wait for their command, in the order of their names. */
    List<DeviceProgress> pending(String campaign, int wave, int limit);

    /** Names of a campaign's devices that proved success. */
    List<String> succeeded(String campaign);

    /** The campaigns that hold a device, and the named one if the device is in it. */
    List<Member> memberships(DeviceId device, String named);

    /** Open devices whose deadline is not after {@code now}, the longest overdue first. */
    List<Member> due(long now, int limit);

    /** Keeps where a device stands. */
    void save(String campaign, DeviceProgress progress);

    /** Writes off the failed devices of the first waves. */
    void writeOffFailed(String campaign, int waves);

    /** Makes the failed devices of the first waves wait once more. */
    void retryFailed(String campaign, int waves, long at);

    /** Adds to the timeline; the number is given here. */
    void append(CampaignEvent event);

    /** The timeline, in order. */
    List<CampaignEvent> events(String campaign, long afterNumber, int limit);

    /** Events that the listener has not had, in order. */
    List<CampaignEvent> unnotified(int limit);

    /** The listener had it. */
    void notified(CampaignEvent event);

    /** Puts a command where it goes out from; one already there stays as it is. */
    void enqueue(Outgoing outgoing);

    /** Commands that wait to go out, oldest first. */
    List<Outgoing> outgoing(int limit);

    /** An attempt to append them begins. */
    void trying(List<String> commandIds);

    /** They are on the lane. */
    void sent(List<String> commandIds);
  }
}
