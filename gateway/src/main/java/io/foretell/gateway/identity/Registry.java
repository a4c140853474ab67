package io.foretell.gateway.identity;

import io.foretell.gateway.Credentials;
import io.foretell.gateway.Identities;
import io.foretell.proto.Device;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Directory;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.security.PublicKey;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
  private static final Duration LONGEST_OVERLAP = Duration.ofDays(90);

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
  private final Authorities authorities;

  /**
   * @param seal for the pre-shared keys at rest
   * @param sandbox whether devices without credentials are taken from loopback addresses
   */
  public Registry(DeviceStore store, KeySeal seal, InstantSource clock, boolean sandbox) {
    this.store = store;
    this.seal = seal;
    this.clock = clock;
    this.sandbox = sandbox;
    this.authorities = new Authorities(store, clock, this::forget);
  }

  /** The certificate authorities of the tenants. */
  public Authorities authorities() {
    return authorities;
  }

  /**
   * Makes a device known and gives it its secrets.
   *
   * @throws InvalidInputException with {@link ReasonCode#CONFLICT} where the name is taken
   */
  public Issued add(NewDevice device) {
    Issued issued = issue(device.id());
    register(device, hash(issued), sealed(issued));
    return issued;
  }

  /**
   * Makes a device known that has no secrets yet: it changes the code for them.
   *
   * @param validity how long the code is taken
   * @throws InvalidInputException with {@link ReasonCode#CONFLICT} where the name is taken
   */
  public Claim addUnclaimed(NewDevice device, Duration validity) {
    register(device, "", "");
    return claimCode(device.id(), validity);
  }

  /**
   * Makes a device known by its raw public key (RFC 7250); it has no other secrets.
   *
   * @param pem the key, {@code -----BEGIN PUBLIC KEY-----}
   * @throws InvalidInputException where the name or the key is taken, or the key cannot be read
   */
  public void addWithKey(NewDevice device, String pem) {
    PublicKey key = Pem.publicKey(pem);
    register(device, "", "");
    try {
      authorities.bindRaw(device.id(), key);
    } catch (InvalidInputException e) {
      store.delete(device.id());
      throw e;
    }
  }

  /**
   * Makes a code that a known device can change for new secrets; those that it has stay good until
   * then.
   *
   * @param validity how long the code is taken
   * @throws InvalidInputException with {@link ReasonCode#NOT_FOUND}
   */
  public Claim claimCode(DeviceId id, Duration validity) {
    Claim claim = new Claim(id, secrets.code(), clock.millis() + validity.toMillis());
    found(id, store.putClaim(id, codeHash(claim.code()), claim.validUntil()));
    log.info("{} may claim its secrets", id);
    return claim;
  }

  /**
   * Changes a claim code for secrets, once.
   *
   * @throws InvalidInputException with {@link ReasonCode#NOT_AUTHENTICATED} where the code is
   *     wrong, was used, or is past its time
   */
  public Issued claim(String code) {
    String hash = codeHash(code.length() > Secrets.MAX_TOKEN ? "" : code);
    long now = clock.millis();
    Optional<Issued> issued =
        store
            .claimOf(hash, now)
            .map(this::issue)
            .filter(made -> store.redeem(made.device(), hash, now, hash(made), sealed(made)));
    if (issued.isEmpty()) {
      throw new InvalidInputException(
          ReasonCode.NOT_AUTHENTICATED, "the claim code is wrong, used, or past its time");
    }
    forget(issued.get().device(), "claimed its secrets");
    return issued.get();
  }

  private void register(NewDevice device, String tokenHash, String sealedKey) {
    Device facts =
        new Device(
            device.id(),
            device.model(),
            device.hardware(),
            Map.of(),
            device.labels(),
            clock.millis());
    if (!store.insert(new Registration(facts, "", tokenHash, sealedKey))) {
      throw new InvalidInputException(ReasonCode.CONFLICT, device.id() + " is registered already");
    }
    log.info("{} registered", device.id());
  }

  /**
   * Gives a device new secrets; the old ones are void at once.
   *
   * @throws InvalidInputException with {@link ReasonCode#NOT_FOUND}
   */
  public Issued rotate(DeviceId id) {
    return rotate(id, Duration.ZERO);
  }

  /**
   * Gives a device new secrets. The old ones are taken beside them until the overlap is over; then
   * its sessions end, so that none lives on by the old ones. A rotation that was under way before
   * ends now.
   *
   * @param overlap zero voids the old secrets at once
   * @throws InvalidInputException with {@link ReasonCode#NOT_FOUND}
   */
  public Issued rotate(DeviceId id, Duration overlap) {
    if (overlap.isNegative() || overlap.compareTo(LONGEST_OVERLAP) > 0) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "an overlap is 0 to 90 days");
    }
    Issued issued = issue(id);
    long now = clock.millis();
    boolean underWay = store.former(id, now).isPresent();
    long formerUntil = overlap.isZero() ? 0 : now + overlap.toMillis();
    found(id, store.replaceSecrets(id, hash(issued), sealed(issued), formerUntil));
    if (overlap.isZero() || underWay) {
      forget(id, "secrets rotated");
    } else {
      log.info("{} has new secrets; the old ones end in {}", id, overlap);
    }
    return issued;
  }

  /**
   * Ends the rotations whose overlap is over. The owner calls it about twice a second.
   *
   * @param now ms since 1970
   */
  public void expire(long now) {
    for (DeviceId id : store.endRotations(now)) {
      forget(id, "old secrets ended");
    }
  }

  /**
   * Takes a device's secrets away; it stays known but cannot connect.
   *
   * @throws InvalidInputException with {@link ReasonCode#NOT_FOUND}
   */
  public void revoke(DeviceId id) {
    found(id, store.replaceSecrets(id, "", "", 0));
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
    List<byte[]> keys = presharedKeys(identity);
    return keys.isEmpty() ? Optional.empty() : Optional.of(keys.get(keys.size() - 1));
  }

  @Override
  public List<byte[]> presharedKeys(String identity) {
    try {
      DeviceId id = DeviceId.parse(identity);
      List<byte[]> keys = new ArrayList<>(2);
      store
          .former(id, clock.millis())
          .flatMap(former -> opened(id, former.sealedKey()))
          .ifPresent(keys::add);
      store.find(id).flatMap(found -> opened(id, found.sealedKey())).ifPresent(keys::add);
      return keys;
    } catch (InvalidInputException e) {
      return List.of();
    } catch (RegisterUnavailableException e) {
      log.warn("no pre-shared key can be read: {}", e.getMessage());
      return List.of();
    }
  }

  private Optional<byte[]> opened(DeviceId id, String sealed) {
    if (sealed.isEmpty()) {
      return Optional.empty();
    }
    Optional<byte[]> key = seal.open(id, sealed);
    if (key.isEmpty()) {
      log.error("the key of {} does not open: wrong key file, or the row was changed", id);
    }
    return key;
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
    if (credentials instanceof Credentials.Certificate certificate) {
      return authorities.judge(certificate);
    }
    if (credentials instanceof Credentials.RawKey key) {
      return authorities.judge(key);
    }
    return welcome((Credentials.Nothing) credentials);
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
    Optional<DeviceId> owner = store.ownerOf(hash, now).filter(device -> holds(device, hash, now));
    owner.ifPresent(device -> tokens.keep(hash, device, now, epoch));
    return owner;
  }

  /** Once more, to the letter: a database may compare text in ways of its own. */
  private boolean holds(DeviceId device, String hash, long now) {
    return store.find(device).filter(is -> Secrets.same(is.tokenHash(), hash)).isPresent()
        || store.former(device, now).filter(was -> Secrets.same(was.tokenHash(), hash)).isPresent();
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
    if (hasSecrets || store.authorities().barred(guest)) {
      return new Verdict.Refused(ReasonCode.NOT_AUTHENTICATED);
    }
    if (there.isEmpty()) {
      store.provision(new Registration(bare(guest, now), "", "", ""));
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
      store.provision(new Registration(bare(child, now), gateway.device(), "", ""));
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

  private static String codeHash(String code) {
    return Secrets.hash("claim:" + Secrets.normalCode(code));
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

  /**
   * Drops what is remembered of a device, whose secrets another process has made void. Whoever
   * calls it cuts the device's sessions then.
   */
  public void changedElsewhere(DeviceId id) {
    tokens.forget(id);
    guests.forget(id);
    gateways.forget(id);
    authorities.forget(id);
  }

  /**
   * Drops all that is remembered: for a process that the others could not reach for a while.
   * Whoever calls it cuts the sessions of {@link #barred} devices then.
   */
  public void changedElsewhere() {
    tokens.forgetAll();
    guests.forgetAll();
    gateways.forgetAll();
    authorities.forgetAll();
  }

  /**
   * Those of some devices that may not connect any more: removed, or revoked.
   *
   * @throws RegisterUnavailableException where nobody can tell
   */
  public List<DeviceId> barred(Collection<DeviceId> devices) {
    Set<DeviceId> admitted = store.admitted(devices);
    return devices.stream().filter(device -> !admitted.contains(device)).toList();
  }

  private void forget(DeviceId id, String why) {
    log.info("{} {}", id, why);
    endSessions(id);
  }

  /**
   * Has the sessions of a device cut, whose secrets were made void before: for who sees that one
   * goes on, since another process was not reached then.
   */
  public void endSessions(DeviceId id) {
    changedElsewhere(id);
    revoked.forEach(listener -> listener.accept(id));
  }
}
