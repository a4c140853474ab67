package io.foretell.gateway.identity;

import io.foretell.proto.Device;
import io.foretell.proto.DeviceId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where registrations are kept. Every call may block, is durable when it returns, and throws {@link
 * RegisterUnavailableException} where the store does not answer.
 */
public interface DeviceStore {
  /** Adds a device; false where one of that name is there. */
  boolean insert(Registration registration);

  /** The device of that name. */
  Optional<Registration> find(DeviceId id);

  /** Whose token has that hash. */
  Optional<DeviceId> ownerOf(String tokenHash);

  /** Puts new secrets in the place of the old; false where there is no such device. */
  boolean replaceSecrets(DeviceId id, String tokenHash, String sealedKey);

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

  /** Notes versions beside those that are known; does nothing where there is no such device. */
  void mergeSoftware(DeviceId id, Map<String, String> software);
}
