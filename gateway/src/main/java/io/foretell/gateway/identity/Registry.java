package io.foretell.gateway.identity;

import io.foretell.gateway.Credentials;
import io.foretell.gateway.Identities;
import io.foretell.proto.Device;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Directory;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The register of devices: makes them known, gives out their secrets, and tells from credentials
 * which device it is. Fails closed: what it cannot read or verify, it refuses.
 */
public final class Registry implements Directory, Identities {
  /** The tenant of devices that came without credentials. */
  public static final String SANDBOX_TENANT = "sandbox";

  /** The most children that one gateway may bring along. */
  public static final int MAX_CHILDREN = 10_000;

  private static final Logger log = LoggerFactory.getLogger(Registry.class);
  private static final int REMEMBERED = 100_000;
  private static final long REMEMBERED_FOR = Duration.ofMinutes(1).toMillis();
  private static final int MAX_COMPONENTS = 200;

  private final DeviceStore store;
  private final KeySeal seal;
  private final InstantSource clock;
  private final boolean sandbox;
  private final Secrets secrets = new Secrets();
  private final Verified<String> tokens = new Verified<>(REMEMBERED, REMEMBERED_FOR);
  private final Verified<DeviceId> guests = new Verified<>(REMEMBERED, REMEMBERED_FOR);
  private final Verified<DeviceId> gateways = new Verified<>(REMEMBERED, REMEMBERED_FOR);
  private final List<Consumer<DeviceId>> revoked = new CopyOnWriteArrayList<>();
  private final List<Consumer<DeviceId>> removed = new CopyOnWriteArrayList<>();

  /**
   * @param seal for the pre-shared keys at rest
   * @param sandbox whether devices without credentials are taken from loopback addresses
   */
  public Registry(DeviceStore store, KeySeal seal, InstantSource clock, boolean sandbox) {
    this.store = store;
    this.seal = seal;
    this.clock = clock;
    this.sandbox = sandbox;
  }

  /**
   * Makes a device known and gives it its secrets.
   *
   * @throws InvalidInputException with {@link ReasonCode#CONFLICT} where the name is taken
   */
  public Issued add(NewDevice device) {
    Issued issued = issue(device.id());
    Device facts =
        new Device(
            device.id(),
            device.model(),
            device.hardware(),
            Map.of(),
            device.labels(),
            clock.millis());
    if (!store.insert(new Registration(facts, "", hash(issued), sealed(issued)))) {
      throw new InvalidInputException(ReasonCode.CONFLICT, device.id() + " is registered already");
    }
    log.info("{} registered", device.id());
    return issued;
  }

  /**
   * Gives a device new secrets; the old ones are void at once.
   *
   * @throws InvalidInputException with {@link ReasonCode#NOT_FOUND}
   */
  public Issued rotate(DeviceId id) {
    Issued issued = issue(id);
    found(id, store.replaceSecrets(id, hash(issued), sealed(issued)));
    forget(id, "secrets rotated");
    return issued;
  }

  /**
   * Takes a device's secrets away; it stays known but cannot connect.
   *
   * @throws InvalidInputException with {@link ReasonCode#NOT_FOUND}
   */
  public void revoke(DeviceId id) {
    found(id, store.replaceSecrets(id, "", ""));
    forget(id, "revoked");
  }

  /**
   * Deletes a device. Children of a gateway stay known, but no gateway speaks for them any more.
   *
   * @throws InvalidInputException with {@link ReasonCode#NOT_FOUND}
   */
  public void remove(DeviceId id) {
    found(id, store.delete(id));
    forget(id, "removed");
    removed.forEach(listener -> listener.accept(id));
  }

  /**
   * Puts new facts in the place of the old.
   *
   * @throws InvalidInputException with {@link ReasonCode#NOT_FOUND}, or where a fact is too long
   */
  public void describe(DeviceId id, String model, String hardware, Map<String, String> labels) {
    NewDevice facts = new NewDevice(id, model, hardware, labels);
    found(id, store.replaceFacts(id, facts.model(), facts.hardware(), facts.labels()));
  }

  /**
   * Calls {@code listener} after a device's secrets became void, so that its open sessions can be
   * cut; on the thread that revoked.
   */
  public void onRevoked(Consumer<DeviceId> listener) {
    revoked.add(listener);
  }

  /**
   * Calls {@code listener} after a device was deleted and its sessions cut, so that what waits for
   * it ends; on the thread that removed.
   */
  public void onRemoved(Consumer<DeviceId> listener) {
    removed.add(listener);
  }

  @Override
  public Verdict authenticate(Credentials credentials) {
    try {
      return judge(credentials);
    } catch (RegisterUnavailableException e) {
      log.warn("nobody can be authenticated: {}", e.getMessage());
      return new Verdict.Refused(ReasonCode.STORAGE_UNAVAILABLE);
    }
  }

  /** The verdict where it needs no database; empty otherwise. Never blocks. */
  public Optional<Verdict> fromMemory(Credentials credentials) {
    long now = clock.millis();
    if (credentials instanceof Credentials.Token token && token.secret().length() > 0) {
      return tokens
          .get(Secrets.hash(token.secret()), now)
          .map(device -> matching(token.name(), device));
    }
    if (credentials instanceof Credentials.Bearer bearer) {
      return tokens.get(Secrets.hash(bearer.secret()), now).map(Verdict.Known::new);
    }
    if (credentials instanceof Credentials.Nothing nothing) {
      return admitsGuest(nothing)
          ? guestName(nothing).flatMap(id -> guests.get(id, now)).map(Verdict.Known::new)
          : Optional.of(new Verdict.Refused(ReasonCode.NOT_AUTHENTICATED));
    }
    return Optional.empty();
  }

  @Override
  public Optional<byte[]> presharedKey(String identity) {
    try {
      DeviceId id = DeviceId.parse(identity);
      Optional<String> sealed =
          store.find(id).map(Registration::sealedKey).filter(text -> !text.isEmpty());
      Optional<byte[]> key = sealed.flatMap(text -> seal.open(id, text));
      if (sealed.isPresent() && key.isEmpty()) {
        log.error("the key of {} does not open: wrong key file, or the row was changed", id);
      }
      return key;
    } catch (InvalidInputException e) {
      return Optional.empty();
    } catch (RegisterUnavailableException e) {
      log.warn("no pre-shared key can be read: {}", e.getMessage());
      return Optional.empty();
    }
  }

  @Override
  public boolean speaksFor(DeviceId gateway, DeviceId child) {
    if (gateway.equals(child)) {
      return true;
    }
    if (!gateway.tenant().equals(child.tenant())) {
      return false;
    }
    long now = clock.millis();
    Optional<DeviceId> known = gateways.get(child, now);
    if (known.isPresent()) {
      return known.get().equals(gateway);
    }
    try {
      return readParent(gateway, child, now);
    } catch (RegisterUnavailableException e) {
      log.warn("{} is not believed to speak for {}: {}", gateway, child, e.getMessage());
      return false;
    }
  }

  @Override
  public boolean registered(String name) {
    try {
      return store.find(DeviceId.parse(name)).isPresent();
    } catch (InvalidInputException e) {
      return false;
    } catch (RegisterUnavailableException e) {
      log.warn("{} counts as registered: {}", name, e.getMessage());
      return true;
    }
  }

  @Override
  public Optional<Device> find(DeviceId id) {
    return store.find(id).map(Registration::device);
  }

  @Override
  public List<Device> list(String tenant, String after, int limit) {
    if (limit < 1 || limit > 1000) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "limit is 1 to 1000, not " + limit);
    }
    return store.list(tenant, after, limit);
  }

  @Override
  public long count(String tenant) {
    return store.count(tenant);
  }

  @Override
  public List<String> tenants() {
    return store.tenants();
  }

  /**
   * {@inheritDoc}
   *
   * <p>What is too long or too much is left out: nobody is there to be told.
   */
  @Override
  public void learnSoftware(DeviceId id, Map<String, String> software) {
    Map<String, String> usable = new HashMap<>();
    software.forEach(
        (component, version) -> {
          if (!component.isBlank()
              && component.length() <= NewDevice.MAX_TEXT
              && version.length() <= NewDevice.MAX_TEXT
              && usable.size() < MAX_COMPONENTS) {
            usable.put(component, version);
          }
        });
    if (usable.size() < software.size()) {
      log.warn("{} reports {} components, {} of them usable", id, software.size(), usable.size());
    }
    if (!usable.isEmpty()) {
      store.mergeSoftware(id, usable);
    }
  }

  private Verdict judge(Credentials credentials) {
    if (credentials instanceof Credentials.Token token) {
      return owner(token.secret())
          .map(device -> matching(token.name(), device))
          .orElse(new Verdict.Refused(ReasonCode.NOT_AUTHENTICATED));
    }
    if (credentials instanceof Credentials.Bearer bearer) {
      return owner(bearer.secret())
          .map(device -> (Verdict) new Verdict.Known(device))
          .orElse(new Verdict.Refused(ReasonCode.NOT_AUTHENTICATED));
    }
    return credentials instanceof Credentials.Nothing nothing
        ? welcome(nothing)
        : new Verdict.Refused(ReasonCode.NOT_AUTHENTICATED);
  }

  private Optional<DeviceId> owner(String token) {
    if (token.isEmpty() || token.length() > Secrets.MAX_TOKEN) {
      return Optional.empty();
    }
    String hash = Secrets.hash(token);
    long now = clock.millis();
    Optional<DeviceId> known = tokens.get(hash, now);
    if (known.isPresent()) {
      return known;
    }
    long epoch = tokens.epoch();
    Optional<DeviceId> owner =
        store
            .ownerOf(hash)
            .flatMap(store::find)
            .filter(registration -> Secrets.same(registration.tokenHash(), hash))
            .map(registration -> registration.device().id());
    owner.ifPresent(device -> tokens.keep(hash, device, now, epoch));
    return owner;
  }

  private static Verdict matching(String name, DeviceId device) {
    try {
      return DeviceId.parse(name).equals(device)
          ? new Verdict.Known(device)
          : new Verdict.Refused(ReasonCode.NOT_AUTHENTICATED);
    } catch (InvalidInputException e) {
      return new Verdict.Refused(e.reason());
    }
  }

  private boolean admitsGuest(Credentials.Nothing nothing) {
    return sandbox && nothing.from().isLoopbackAddress();
  }

  private static Optional<DeviceId> guestName(Credentials.Nothing nothing) {
    try {
      return Optional.of(new DeviceId(SANDBOX_TENANT, nothing.clientId()));
    } catch (InvalidInputException e) {
      return Optional.empty();
    }
  }

  private Verdict welcome(Credentials.Nothing nothing) {
    if (!admitsGuest(nothing)) {
      return new Verdict.Refused(ReasonCode.NOT_AUTHENTICATED);
    }
    Optional<DeviceId> name = guestName(nothing);
    if (name.isEmpty()) {
      return new Verdict.Refused(ReasonCode.INVALID_NAME);
    }
    DeviceId guest = name.get();
    long now = clock.millis();
    if (guests.get(guest, now).isPresent()) {
      return new Verdict.Known(guest);
    }
    long epoch = guests.epoch();
    Optional<Registration> there = store.find(guest);
    boolean hasSecrets = there.isPresent() && !there.get().tokenHash().isEmpty();
    if (hasSecrets) {
      return new Verdict.Refused(ReasonCode.NOT_AUTHENTICATED);
    }
    if (there.isEmpty()) {
      store.insert(new Registration(bare(guest, now), "", "", ""));
    }
    guests.keep(guest, guest, now, epoch);
    return new Verdict.Known(guest);
  }

  private boolean readParent(DeviceId gateway, DeviceId child, long now) {
    long epoch = gateways.epoch();
    Optional<Registration> there = store.find(child);
    if (there.isEmpty()) {
      if (store.children(gateway) >= MAX_CHILDREN) {
        log.warn("{} brings more than {} children; {} is refused", gateway, MAX_CHILDREN, child);
        return false;
      }
      store.insert(new Registration(bare(child, now), gateway.device(), "", ""));
      log.info("{} registered as child of {}", child, gateway);
      there = store.find(child);
    }
    boolean speaks = there.map(found -> found.parent().equals(gateway.device())).orElse(false);
    if (speaks) {
      gateways.keep(child, gateway, now, epoch);
    }
    return speaks;
  }

  private static Device bare(DeviceId id, long now) {
    return new Device(id, "", "", Map.of(), Map.of(), now);
  }

  private Issued issue(DeviceId id) {
    return new Issued(id, secrets.token(), secrets.psk());
  }

  private static String hash(Issued issued) {
    return Secrets.hash(issued.token());
  }

  private String sealed(Issued issued) {
    return seal.seal(issued.device(), Secrets.keyOf(issued.psk()));
  }

  private static void found(DeviceId id, boolean found) {
    if (!found) {
      throw new InvalidInputException(ReasonCode.NOT_FOUND, "no device " + id);
    }
  }

  private void forget(DeviceId id, String why) {
    tokens.forget(id);
    guests.forget(id);
    gateways.forget(id);
    log.info("{} {}", id, why);
    revoked.forEach(listener -> listener.accept(id));
  }
}
