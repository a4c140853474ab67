package io.foretell.gateway.identity;

import io.foretell.proto.Device;
import io.foretell.proto.DeviceId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where registrations are kept. Every call may block, is durable when it returns, and throws {@link
 * RegisterUnavailableException} where the store does not answer.
 */
public interface DeviceStore {
  /** Adds a device, also one that was barred; false where one of that name is there. */
  boolean insert(Registration registration);

  /**
   * Adds a device that brought itself along; false where one of that name is there, was removed or
   * revoked.
   */
  boolean provision(Registration registration);

  /** The device of that name. */
  Optional<Registration> find(DeviceId id);

  /** Those of some devices that are there and were not revoked. */
  Set<DeviceId> admitted(Collection<DeviceId> devices);

  /** Whose token has that hash, or had it before a rotation that is under way. */
  Optional<DeviceId> ownerOf(String tokenHash, long now);

  /**
   * Puts new secrets in the place of the old, which are taken until {@code formerUntil}; false
   * where there is no such device. Empty secrets bar the device, others let it in again.
   */
  boolean replaceSecrets(DeviceId id, String tokenHash, String sealedKey, long formerUntil);

  /** The secrets before a rotation that is under way. */
  Optional<Former> former(DeviceId id, long now);

  /** Ends every rotation whose time is over, and says whose it was. */
  List<DeviceId> endRotations(long now);

  /** Lets a device claim its secrets with a code; false where there is no such device. */
  boolean putClaim(DeviceId id, String codeHash, long validUntil);

  /** Whose claim code has that hash. */
  Optional<DeviceId> claimOf(String codeHash, long now);

  /** Changes a claim code for secrets, at most once; false where the code is not valid any more. */
  boolean redeem(DeviceId id, String codeHash, long now, String tokenHash, String sealedKey);

  /** Authorities, and the keys of devices. */
  AuthorityStore authorities();

  /** Puts new facts in the place of the old; false where there is no such device. */
  boolean replaceFacts(DeviceId id, String model, String hardware, Map<String, String> labels);

  /**
   * Deletes a device; its children stay, without a gateway. False where there is no such device.
   */
  boolean delete(DeviceId id);

  /** How many children a gateway has. */
  int children(DeviceId gateway);

  /** Devices of a tenant behind the name {@code after}, in code point order. */
  List<Device> list(String tenant, String after, int limit);

  /** How many devices a tenant has. */
  long count(String tenant);

  /** Every tenant that has a device. */
  List<String> tenants();

  /**
   * Secrets before a rotation.
   *
   * @param validUntil ms since 1970
   */
  record Former(String tokenHash, String sealedKey, long validUntil) {
    @Override
    public String toString() {
      return "Former[" + validUntil + "]";
    }
  }

  /** Notes versions beside those that are known; does nothing where there is no such device. */
  void mergeSoftware(DeviceId id, Map<String, String> software);
}
