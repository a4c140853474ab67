package io.foretell.app.erasure;

import io.foretell.app.http.DeviceStates;
import io.foretell.gateway.identity.Registry;
import io.foretell.ingest.DeviceStream;
import io.foretell.ingest.engine.ErasableLanes;
import io.foretell.ingest.history.AgeingHistory;
import io.foretell.proto.Device;
import io.foretell.proto.DeviceId;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.LaneUnavailableException;
import io.foretell.proto.ReasonCode;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes out all that is known of a device, in records, lanes, states and history, and keeps a
 * proof.
 *
 * <p>First the device is removed: its secrets are void and its sessions end, whichever process has
 * them. Then, until a pass finds nothing more: what it had sent is folded to the end, lanes and
 * states are erased (on Kafka: the key is destroyed), then the history, then the rows. It may be
 * cut off anywhere; done again it goes on, and the proof has the sums.
 */
public final class Erasure {
  /** The label by which devices of one owner are found. */
  public static final String OWNER = "owner";

  private static final Logger log = LoggerFactory.getLogger(Erasure.class);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int MOST_PASSES = 5;
  private static final int PAGE = 1_000;

  private final Registry registry;
  private final Connections connections;
  private final ErasableLanes lanes;
  private final DeviceStates states;
  private final AgeingHistory history;
  private final DataSource records;
  private final Runnable scrub;
  private final InstantSource clock;
  private final Proofs proofs;
  private final SecureRandom random = new SecureRandom();
  private final AtomicBoolean busy = new AtomicBoolean();

  /**
   * @param scrub gives back the room of erased rows, so that their bytes are gone
   */
  public Erasure(
      Registry registry,
      Connections connections,
      ErasableLanes lanes,
      DeviceStates states,
      AgeingHistory history,
      DataSource records,
      Runnable scrub,
      InstantSource clock) {
    this.registry = registry;
    this.connections = connections;
    this.lanes = lanes;
    this.states = states;
    this.history = history;
    this.records = records;
    this.scrub = scrub;
    this.clock = clock;
    this.proofs = new Proofs(records);
  }

  /**
   * A proof, and what tells whom it is about; it is kept nowhere.
   *
   * @param receipt 32 hexadecimal digits
   */
  public record Receipt(DeviceId device, Proof proof, String receipt) {}

  /**
   * Erases a device.
   *
   * @param by who wants it; kept with the proof
   * @throws InvalidInputException NOT_FOUND where nothing is known of it; CONFLICT while another
   *     one is under way
   * @throws LaneUnavailableException where it cannot be ended now; done again it goes on
   */
  public Receipt erase(DeviceId device, String by) {
    if (!busy.compareAndSet(false, true)) {
      throw new InvalidInputException(ReasonCode.CONFLICT, "another erasure is under way");
    }
    try {
      return eraseAlone(device, by);
    } finally {
      busy.set(false);
    }
  }

  private Receipt eraseAlone(DeviceId device, String by) {
    Proofs.Begun begun = proofs.begin("E-" + hex(8), device, by, clock.millis());
    Map<String, Long> counts = new TreeMap<>(begun.counts());
    if (registry.find(device).isPresent()) {
      registry.remove(device);
    }
    boolean more = true;
    for (int pass = 0; more; pass++) {
      if (pass == MOST_PASSES) {
        throw new LaneUnavailableException("something still comes in of the device; try again");
      }
      connections.awaitEnded(device, PATIENCE);
      more = pass(device, begun.id(), counts);
    }
    connections.forget(device);
    if (counts.values().stream().allMatch(count -> count == 0)) {
      proofs.cancel(begun.id());
      throw new InvalidInputException(ReasonCode.NOT_FOUND, "nothing is known of that device");
    }
    String receipt = hex(16);
    Proof proof = proofs.end(begun.id(), Proofs.sha256(receipt + "\n" + device), clock.millis());
    // Behind the last write that names the device: the row of this erasure.
    scrub.run();
    log.info("{}: a device was erased for {}: {}", proof.id(), by, proof.counts());
    return new Receipt(device, proof, receipt);
  }

  /** Erases once; true where anything was found. */
  private boolean pass(DeviceId device, String id, Map<String, Long> counts) {
    lanes.settle(device, PATIENCE);
    Optional<DeviceStream> stream = states.stream(device);
    stream.ifPresent(
        known -> proofs.note(id, new Proofs.Ledger(known.stored(), known.rejectedTotal())));
    Map<String, Long> found = new TreeMap<>();
    lanes.erase(device, PATIENCE).forEach((kind, count) -> found.put(named(kind), count));
    found.put("samples", history.erase(device));
    Sql.transaction(
        records,
        connection -> {
          DeviceRows.erase(connection, device, "erased-" + id)
              .forEach((table, rows) -> found.put("row:" + table, rows));
          found.forEach((kind, count) -> counts.merge(kind, count, Long::sum));
          proofs.settle(connection, id, counts);
          return true;
        });
    return found.values().stream().anyMatch(count -> count > 0);
  }

  private static String named(String kind) {
    boolean lane = !kind.equals(ErasableLanes.STATES) && !kind.equals(ErasableLanes.KEYS);
    return lane ? "lane:" + kind : kind;
  }

  /** Erases all devices of an owner, one after the other. */
  public List<Receipt> eraseOwned(String tenant, String owner, String by) {
    List<Receipt> receipts = new ArrayList<>();
    for (DeviceId device : owned(tenant, owner)) {
      receipts.add(erase(device, by));
    }
    return receipts;
  }

  /**
   * The devices whose label {@value #OWNER} says so.
   *
   * @throws InvalidInputException NOT_FOUND where there is none
   */
  public List<DeviceId> owned(String tenant, String owner) {
    List<DeviceId> owned = new ArrayList<>();
    List<Device> page = registry.list(tenant, "", PAGE);
    while (!page.isEmpty()) {
      for (Device device : page) {
        if (owner.equals(device.labels().get(OWNER))) {
          owned.add(device.id());
        }
      }
      page = registry.list(tenant, page.get(page.size() - 1).id().device(), PAGE);
    }
    if (owned.isEmpty()) {
      throw new InvalidInputException(
          ReasonCode.NOT_FOUND, "no device has the label " + OWNER + "=" + owner);
    }
    return owned;
  }

  /** The proofs of a tenant, the latest first. */
  public List<Proof> proofs(String tenant) {
    return proofs.list(tenant);
  }

  /** Whether none of the proofs was changed or taken out. */
  public boolean sound() {
    return proofs.sound();
  }

  /** How many uplinks of erased devices were stored. */
  public long stored() {
    return proofs.ledger().stored();
  }

  /** How many uplinks of erased devices were rejected by ingest. */
  public long rejected() {
    return proofs.ledger().rejected();
  }

  private String hex(int bytes) {
    byte[] made = new byte[bytes];
    random.nextBytes(made);
    return HexFormat.of().formatHex(made);
  }
}
