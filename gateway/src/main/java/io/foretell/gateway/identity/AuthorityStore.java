package io.foretell.gateway.identity;

import io.foretell.proto.DeviceId;
import java.util.List;
import java.util.Optional;

/**
 * Where certificate authorities and the public keys of devices are kept. Every call may block, is
 * durable when it returns, and throws {@link RegisterUnavailableException} where the store does not
 * answer.
 */
public interface AuthorityStore {
  /** Adds an authority; false where its certificate is there, for whatever tenant. */
  boolean insert(Authority authority);

  /** Takes an authority away; false where the tenant has none of that fingerprint. */
  boolean delete(String tenant, String fingerprint);

  /** All authorities of all tenants. */
  List<Authority> all();

  /** The key that a device is bound to. */
  Optional<Binding> binding(DeviceId device);

  /** The device that a raw public key is bound to. */
  Optional<DeviceId> ownerOfRawKey(String keyHash);

  /** Binds a device to its first key; false where it has one. */
  boolean bind(DeviceId device, Binding binding);

  /** Puts a key in the place of the one that a device has; false where it has another by now. */
  boolean rebind(DeviceId device, Binding from, Binding to);

  /** Forgets a device's key; false where it has none. */
  boolean unbind(DeviceId device);

  /** The devices whose key came by an authority's certificate. */
  List<DeviceId> boundBy(String fingerprint);

  /** Whether a device was revoked or removed. */
  boolean barred(DeviceId device);

  /**
   * A public key.
   *
   * @param keyHash SHA-256 of its SubjectPublicKeyInfo in lower-case hex
   * @param authority fingerprint of the authority whose certificate brought it; empty for a raw key
   * @param since ms since 1970
   */
  record Binding(String keyHash, String authority, long since) {}
}
