package io.foretell.gateway.identity;

import io.foretell.gateway.Credentials;
import io.foretell.gateway.Identities.Verdict;
import io.foretell.gateway.identity.AuthorityStore.Binding;
import io.foretell.proto.Device;
import io.foretell.proto.DeviceId;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate authorities of the tenants, and the devices that prove themselves by a private
 * key. A device whose certificate leads to a tenant's authority is a device of that tenant; its
 * name comes from the certificate by the authority's rule, and it is registered when it first
 * comes, where the authority says so.
 *
 * <p>A device is bound to the key that it first came with. Another certificate in its name is
 * refused: it can only replace the first where it has the same key, where the authority that
 * brought the first renews, or after {@link #unbind}. Revoked and removed devices do not come back
 * by a certificate.
 */
public final class Authorities {
  private static final Logger log = LoggerFactory.getLogger(Authorities.class);
  private static final int REMEMBERED = 100_000;
  private static final long REMEMBERED_FOR = Duration.ofMinutes(1).toMillis();
  private static final int MOST = 1_000;

  private final DeviceStore devices;
  private final AuthorityStore store;
  private final InstantSource clock;
  private final BiConsumer<DeviceId, String> cut;
  private final Verified<String> known = new Verified<>(REMEMBERED, REMEMBERED_FOR);

  /**
   * @param cut told whose sessions must end, and why
   */
  Authorities(DeviceStore devices, InstantSource clock, BiConsumer<DeviceId, String> cut) {
    this.devices = devices;
    this.store = devices.authorities();
    this.clock = clock;
    this.cut = cut;
  }

  /**
   * Lets an authority tell devices of a tenant.
   *
   * @param pem its certificate
   * @param rule how a device's name is read from its certificate; see {@link Authority#naming}
   * @param provisions whether devices that are not known yet are registered when they first come
   * @param renews whether a device may come with a new key
   * @throws InvalidInputException where the certificate is no authority's, is not valid now or is
   *     registered already, for whatever tenant
   */
  public Authority add(String tenant, String pem, String rule, boolean provisions, boolean renews) {
    X509Certificate certificate = Pem.certificate(pem);
    Trust.noAuthority(certificate, clock.instant())
        .ifPresent(
            why -> {
              throw new InvalidInputException(ReasonCode.WRONG_SHAPE, why);
            });
    String checked = new DeviceId(tenant, "x").tenant();
    List<Authority> all = store.all();
    boolean foreign =
        all.stream()
            .anyMatch(
                other ->
                    !other.tenant().equals(checked)
                        && other.certificate().getPublicKey().equals(certificate.getPublicKey()));
    if (foreign || all.size() >= MOST) {
      throw new InvalidInputException(
          ReasonCode.CONFLICT,
          foreign
              ? "the authority's key is registered for another tenant"
              : "too many authorities");
    }
    Authority authority =
        new Authority(
            Trust.fingerprint(certificate),
            checked,
            certificate,
            NamingRule.parse(rule).toString(),
            provisions,
            renews,
            clock.millis());
    if (!store.insert(authority)) {
      throw new InvalidInputException(ReasonCode.CONFLICT, "the authority is registered already");
    }
    log.info("authority {} added for tenant {}", authority.fingerprint(), checked);
    return authority;
  }

  /** The authorities of a tenant. */
  public List<Authority> list(String tenant) {
    return store.all().stream().filter(authority -> authority.tenant().equals(tenant)).toList();
  }

  /**
   * Takes an authority away: the sessions of the devices that came by it end.
   *
   * @throws InvalidInputException with {@link ReasonCode#NOT_FOUND}
   */
  public void remove(String tenant, String fingerprint) {
    if (!store.delete(tenant, fingerprint)) {
      throw new InvalidInputException(ReasonCode.NOT_FOUND, "no authority " + fingerprint);
    }
    log.info("authority {} removed", fingerprint);
    for (DeviceId device : store.boundBy(fingerprint)) {
      cut.accept(device, "its authority was removed");
    }
  }

  /**
   * Forgets the key that a device is bound to: the next that comes with a good certificate is it.
   * Sessions of the former key end.
   *
   * @throws InvalidInputException with {@link ReasonCode#NOT_FOUND} where it has none
   */
  public void unbind(DeviceId device) {
    if (!store.unbind(device)) {
      throw new InvalidInputException(ReasonCode.NOT_FOUND, device + " has no key");
    }
    cut.accept(device, "its key was forgotten");
  }

  /** Binds a device to a raw public key (RFC 7250), in the place of any other. */
  void bindRaw(DeviceId device, PublicKey key) {
    store.unbind(device);
    if (!store.bind(device, new Binding(Trust.keyHash(key), "", clock.millis()))) {
      throw new InvalidInputException(ReasonCode.CONFLICT, "the key is that of another device");
    }
  }

  Verdict judge(Credentials.RawKey raw) {
    String hash = Trust.keyHash(raw.key());
    return store
        .ownerOfRawKey(hash)
        .filter(device -> !store.barred(device) && devices.find(device).isPresent())
        .map(device -> (Verdict) new Verdict.Known(device))
        .orElseGet(() -> refused("a raw public key that no device has"));
  }

  Verdict judge(Credentials.Certificate shown) {
    if (shown.chain().isEmpty()) {
      return refused("an empty chain of certificates");
    }
    X509Certificate own = shown.chain().get(0);
    String fingerprint = Trust.fingerprint(own);
    long now = clock.millis();
    Optional<DeviceId> remembered =
        now <= own.getNotAfter().getTime() ? known.get(fingerprint, now) : Optional.empty();
    if (remembered.isPresent()) {
      return new Verdict.Known(remembered.get());
    }
    long epoch = known.epoch();
    Optional<Authority> authority = Trust.anchor(shown.chain(), store.all(), clock.instant());
    if (authority.isEmpty()) {
      return refused("'" + shownName(own) + "' is of no authority here, or not valid now");
    }
    Verdict verdict = named(own, authority.get(), now);
    if (verdict instanceof Verdict.Known device) {
      known.keep(fingerprint, device.device(), now, epoch);
    }
    return verdict;
  }

  void forget(DeviceId device) {
    known.forget(device);
  }

  void forgetAll() {
    known.forgetAll();
  }

  private Verdict named(X509Certificate own, Authority authority, long now) {
    Optional<String> name = NamingRule.parse(authority.naming()).nameIn(own);
    if (name.isEmpty()) {
      return refused("'" + shownName(own) + "' names no device by " + authority.naming());
    }
    DeviceId device;
    try {
      device = new DeviceId(authority.tenant(), name.get());
    } catch (InvalidInputException e) {
      return refused("'" + shownName(own) + "': " + e.detail());
    }
    if (store.barred(device)) {
      return refused(device + " was revoked or removed");
    }
    if (devices.find(device).isEmpty() && !provision(device, authority, now)) {
      return refused(device + " is not registered, and its authority does not provision");
    }
    Binding shown = new Binding(Trust.keyHash(own.getPublicKey()), authority.fingerprint(), now);
    return bound(device, shown, authority)
        ? new Verdict.Known(device)
        : refused("another certificate in the name of " + device);
  }

  private boolean provision(DeviceId device, Authority authority, long now) {
    if (!authority.provisions()) {
      return false;
    }
    Device facts = new Device(device, "", "", Map.of(), Map.of(), now);
    devices.provision(new Registration(facts, "", "", ""));
    log.info("{} registered by authority {}", device, authority.fingerprint());
    return devices.find(device).isPresent();
  }

  private boolean bound(DeviceId device, Binding shown, Authority authority) {
    Optional<Binding> bound = store.binding(device);
    if (bound.isEmpty()) {
      if (store.bind(device, shown)) {
        return true;
      }
      bound = store.binding(device);
    }
    if (bound.isEmpty()) {
      return false;
    }
    Binding is = bound.get();
    boolean same = is.keyHash().equals(shown.keyHash());
    if (same && is.authority().equals(shown.authority())) {
      return true;
    }
    boolean renewed = authority.renews() && is.authority().equals(authority.fingerprint());
    if (!same && !renewed) {
      return false;
    }
    log.info("{} has a new certificate by {}", device, authority.fingerprint());
    return store.rebind(device, is, shown);
  }

  private static Verdict refused(String why) {
    log.info("{}: {}", ReasonCode.NOT_AUTHENTICATED, why);
    return new Verdict.Refused(ReasonCode.NOT_AUTHENTICATED);
  }

  /** The subject without what could break a line of the log. */
  private static String shownName(X509Certificate certificate) {
    String name = certificate.getSubjectX500Principal().getName();
    String printable = name.replaceAll("[^\\x20-\\x7E]", ".");
    return printable.length() <= 200 ? printable : printable.substring(0, 200) + "…";
  }
}
