package io.foretell.app.migrate;

import io.foretell.app.Stores;
import io.foretell.ingest.engine.Held;
import io.foretell.ingest.engine.Kept;
import io.foretell.ingest.engine.Partitioning;
import io.foretell.ingest.engine.Placing;
import io.foretell.ingest.engine.Resting;
import io.foretell.proto.Codec;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Position;
import io.foretell.proto.Reject;
import io.foretell.proto.wire.Topics;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Moves lanes, states of devices, and how far each reader is. What comes out of one side is what
 * went into the other; offsets are given anew, and all that names one is changed with it.
 */
final class LaneMove {
  private static final String UPLINK = Topics.UPLINK.name();
  private static final String REJECTS = Topics.REJECTS.name();
  private static final String FINDINGS = Topics.FINDINGS.name();
  private static final Codec<Reject> REJECT = Topics.REJECTS.codec().orElseThrow();

  private final Resting from;
  private final Placing to;
  private final Tallies rows;
  private final boolean embedded;
  private final Places places = new Places();

  /**
   * @param rows is given what the target must have
   * @param embedded whether the target is the embedded engine, which also notes how far the news
   *     are
   */
  LaneMove(Resting from, Placing to, Tallies rows, boolean embedded) {
    this.from = from;
    this.to = to;
    this.rows = rows;
    this.embedded = embedded;
  }

  /** Moves all; returns which places entries have got. */
  Places run() {
    for (String lane : Stores.ALL_LANES) {
      for (int p = 0; p < from.partitions(); p++) {
        entries(lane, p);
      }
      rows.done("lane." + lane);
    }
    rows.done("given");
    from.states(Stores.STAGE, this::state);
    rows.done("states");
    offsets();
    rows.done("offsets");
    return places;
  }

  private void entries(String lane, int partition) {
    long before = from.before(lane, partition);
    places.begin(lane, partition, to.begin(lane, partition, before));
    long[] number = {0};
    long erased =
        from.entries(
            lane,
            partition,
            entry -> {
              Kept moved = lane.equals(REJECTS) ? reject(entry) : entry;
              places.add(lane, partition, entry.offset(), to.append(lane, partition, moved));
              entry(rows, lane, partition, number[0]++, moved);
            });
    places.end(lane, partition, to.end(lane, partition, erased));
    given(rows, lane, partition, before + number[0] + erased);
  }

  /** A reject says where its uplink is; one that is not kept any more has no place. */
  private Kept reject(Kept entry) {
    Reject reject = REJECT.decode(entry.value());
    if (reject.from().isEmpty()) {
      return entry;
    }
    Position was = reject.from().get();
    OptionalLong now = places.exact(was.lane(), was.partition(), was.offset());
    Optional<Position> place =
        now.isPresent()
            ? Optional.of(new Position(was.lane(), was.partition(), now.getAsLong()))
            : Optional.empty();
    Reject moved =
        new Reject(
            reject.at(),
            reject.reason(),
            reject.detail(),
            reject.via(),
            reject.route(),
            reject.contentType(),
            reject.payload(),
            place);
    return new Kept(entry.offset(), entry.key(), entry.at(), REJECT.encode(moved));
  }

  private void state(DeviceId device, byte[] record) {
    int partition = Partitioning.of(device, from.partitions());
    long last = places.last(UPLINK, partition, Held.lastOffset(record));
    byte[] moved = Held.withLastOffset(record, last);
    to.state(Stores.STAGE, UPLINK, device, moved);
    state(rows, device, moved);
  }

  private void offsets() {
    for (int p = 0; p < from.partitions(); p++) {
      int partition = p;
      long stage = next(Stores.STAGE, UPLINK, p).orElse(places.next(UPLINK, p, 0));
      to.stageOffset(Stores.STAGE, UPLINK, p, stage);
      offset(rows, Stores.STAGE, UPLINK, p, stage);
      Stores.SINKS.forEach(
          (sink, lane) -> {
            long next = next(sink, lane, partition).orElse(places.next(lane, partition, 0));
            to.sinkOffset(sink, lane, partition, next);
            offset(rows, sink, lane, partition, next);
          });
      if (embedded) {
        long end = places.end(FINDINGS, p);
        to.sinkOffset(Stores.NEWS, FINDINGS, p, end);
        offset(rows, Stores.NEWS, FINDINGS, p, end);
      }
    }
  }

  private OptionalLong next(String reader, String lane, int partition) {
    OptionalLong was = from.offset(reader, lane, partition);
    return was.isPresent()
        ? OptionalLong.of(places.next(lane, partition, was.getAsLong()))
        : OptionalLong.empty();
  }

  /** The rows of what was filled, read back. */
  static void readBack(Resting filled, Tallies rows, boolean embedded) {
    for (String lane : Stores.ALL_LANES) {
      for (int p = 0; p < filled.partitions(); p++) {
        int partition = p;
        long[] number = {0};
        long erased =
            filled.entries(lane, p, entry -> entry(rows, lane, partition, number[0]++, entry));
        given(rows, lane, p, filled.before(lane, p) + number[0] + erased);
      }
      rows.done("lane." + lane);
    }
    rows.done("given");
    filled.states(Stores.STAGE, (device, record) -> state(rows, device, record));
    rows.done("states");
    for (int p = 0; p < filled.partitions(); p++) {
      readBack(filled, rows, Stores.STAGE, UPLINK, p);
      for (var sink : Stores.SINKS.entrySet()) {
        readBack(filled, rows, sink.getKey(), sink.getValue(), p);
      }
      if (embedded) {
        readBack(filled, rows, Stores.NEWS, FINDINGS, p);
      }
    }
    rows.done("offsets");
  }

  private static void readBack(Resting filled, Tallies rows, String reader, String lane, int p) {
    filled.offset(reader, lane, p).ifPresent(at -> offset(rows, reader, lane, p, at));
  }

  /**
   * @param number how many entries of the partition come before it
   */
  private static void entry(Tallies rows, String lane, int partition, long number, Kept entry) {
    String kind = "lane." + lane;
    rows.of(kind)
        .with(partition)
        .with(number)
        .with(entry.at())
        .with(entry.key().tenant())
        .with(entry.key().device())
        .with(entry.value())
        .end();
    rows.glance(kind);
  }

  /** How many entries a partition was ever given; some are not kept any more, or erased. */
  private static void given(Tallies rows, String lane, int partition, long count) {
    rows.of("given").with(lane).with(partition).with(count).end(count);
  }

  private static void state(Tallies rows, DeviceId device, byte[] record) {
    rows.of("states").with(device.tenant()).with(device.device()).with(record).end();
    rows.glance("states");
  }

  private static void offset(Tallies rows, String reader, String lane, int partition, long at) {
    rows.of("offsets").with(reader).with(lane).with(partition).with(at).end();
  }
}
