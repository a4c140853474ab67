package io.foretell.firmwareota;

import io.foretell.proto.Device;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Directory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Devices in memory. */
final class MemoryDirectory implements Directory {
  private final Map<DeviceId, Device> devices = new TreeMap<>();

  void add(String tenant, String name, String model, String hardware, String appVersion) {
    DeviceId id = new DeviceId(tenant, name);
    devices.put(
        id, new Device(id, model, hardware, Map.of("app", appVersion), Map.of("site", "north"), 0));
  }

  @Override
  public Optional<Device> find(DeviceId id) {
    return Optional.ofNullable(devices.get(id));
  }

  @Override
  public List<Device> list(String tenant, String after, int limit) {
    return devices.values().stream()
        .filter(d -> d.id().tenant().equals(tenant))
        .filter(d -> d.id().device().compareTo(after) > 0)
        .limit(limit)
        .toList();
  }

  @Override
  public long count(String tenant) {
    return list(tenant, "", Integer.MAX_VALUE).size();
  }

  @Override
  public List<String> tenants() {
    return devices.keySet().stream().map(DeviceId::tenant).distinct().toList();
  }

  @Override
  public void learnSoftware(DeviceId id, Map<String, String> software) {
    devices.computeIfPresent(
        id,
        (k, d) -> new Device(id, d.model(), d.hardware(), software, d.labels(), d.registeredAt()));
  }
}
