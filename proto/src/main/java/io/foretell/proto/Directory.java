package io.foretell.proto;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which devices there are. Calls may block on a database: never from an event loop. */
public interface Directory {
  /** The device of that name. */
  Optional<Device> find(DeviceId id);

  /**
   * Devices of a tenant in the order of their names.
   *
   * @param after the last name of the page before; empty for the first page
   * @param limit 1–1000
   */
  List<Device> list(String tenant, String after, int limit);

  /** How many devices a tenant has. */
  long count(String tenant);

  /** Every tenant that has a device. */
  List<String> tenants();

  /** Takes note of the software that a device says it runs. Unknown devices are left alone. */
  void learnSoftware(DeviceId id, Map<String, String> software);
}
