package io.foretell.app.http;

import io.foretell.ingest.DeviceStream;
import io.foretell.proto.ReasonCode;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The conservation law: acknowledged = stored + rejected + in flight + erased, since the data
 * folder was made. Erased is what ingest had stored or rejected of devices that were erased since.
 *
 * <p>The sides are counted apart. Acknowledged is what the lanes hold: every uplink, and every
 * reject that the gateway wrote in an uplink's stead. Stored and rejected are what ingest noted
 * device by device, in the same commit as what it did; the gateway's own rejects are those on the
 * reject lane that no device's ledger has. In flight is what the stage has still to read.
 */
public final class Conservation {
  private final LongSupplier uplinks;
  private final LongSupplier rejects;
  private final DeviceStates states;
  private final LongSupplier lag;
  private final Erased erased;

  /** What ingest had counted of devices that were erased. */
  public interface Erased {
    /** Uplinks that were stored. */
    long stored();

    /** Uplinks that were rejected, each of them on the reject lane as well. */
    long rejected();
  }

  /**
   * Over the lanes and what ingest knows.
   *
   * @param uplinks how many the lane was ever given
   * @param rejects likewise
   * @param lag uplinks that are not finished
   */
  public Conservation(
      LongSupplier uplinks,
      LongSupplier rejects,
      DeviceStates states,
      LongSupplier lag,
      Erased erased) {
    this.erased = erased;
    this.uplinks = uplinks;
    this.rejects = rejects;
    this.states = states;
    this.lag = lag;
  }

  /** The law at a moment. */
  public record Balance(
      long acknowledged,
      long stored,
      long rejected,
      long inFlight,
      long erased,
      boolean holds,
      Map<String, Long> reasons) {}

  /** Counts; walks through all devices. */
  public Balance count() {
    // What comes meanwhile is in flight, and what is read meanwhile is stored: both can only be
    // more
    // than is looked for. Both sides are the same only where nothing moved.
    long onLane = uplinks.getAsLong();
    long inFlight = lag.getAsLong();
    AtomicLong stored = new AtomicLong();
    AtomicLong ledger = new AtomicLong();
    Map<String, Long> reasons = new TreeMap<>();
    states.each(
        (device, known) -> {
          DeviceStream stream = known.stream();
          stored.addAndGet(stream.stored());
          ledger.addAndGet(stream.rejectedTotal());
          for (Map.Entry<ReasonCode, Long> reason : stream.rejected().entrySet()) {
            reasons.merge(reason.getKey().name(), reason.getValue(), Long::sum);
          }
        });
    long erasedRejects = erased.rejected();
    long gone = erased.stored() + erasedRejects;
    long atTheDoor = Math.max(0, rejects.getAsLong() - ledger.get() - erasedRejects);
    if (atTheDoor > 0) {
      reasons.put("at the door", atTheDoor);
    }
    long rejected = ledger.get() + atTheDoor;
    long acknowledged = onLane + atTheDoor;
    boolean still = inFlight == 0 && uplinks.getAsLong() == onLane;
    boolean holds =
        still
            ? acknowledged == stored.get() + rejected + gone
            : acknowledged <= stored.get() + rejected + gone + inFlight;
    return new Balance(acknowledged, stored.get(), rejected, inFlight, gone, holds, reasons);
  }

  /** Everything that was ever appended. */
  public long acknowledged() {
    return uplinks.getAsLong();
  }
}
