package io.foretell.agent.update;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The software of a simulated device: a JSON manifest {@code {"component", "version",
 * "behaviour"}}. What the device does follows from its software's behaviour, so that an update
 * really cures it.
 *
 * @param behaviour what the software does, in the simulation's own words; {@code "starts": false}
 *     never comes up
 */
public record SoftwareImage(String component, String version, Map<String, Object> behaviour) {
  /** Copies the behaviour. */
  public SoftwareImage {
    behaviour = Map.copyOf(behaviour);
  }

  /**
   * Reads an image.
   *
   * @throws InvalidInputException where the bytes are none
   */
  public static SoftwareImage parse(byte[] bytes) {
    try {
      Map<String, Object> map = Json.parse(bytes);
      Map<String, Object> behaviour = new LinkedHashMap<>();
      if (map.containsKey("behaviour")) {
        Json.map(map, "behaviour").forEach((k, v) -> put(behaviour, k, v));
      }
      return new SoftwareImage(Json.text(map, "component"), Json.text(map, "version"), behaviour);
    } catch (RefusedException e) {
      throw new InvalidInputException(e.reason(), e.detail());
    }
  }

  /** Its bytes. */
  public byte[] bytes() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("component", component);
    map.put("version", version);
    map.put("behaviour", new TreeMap<>(behaviour));
    return Json.plain(map);
  }

  /** Whether it comes up as that version of that component. */
  public boolean comesUpAs(String wantedComponent, String wantedVersion) {
    return component.equals(wantedComponent)
        && version.equals(wantedVersion)
        && !Boolean.FALSE.equals(behaviour.get("starts"));
  }

  private static void put(Map<String, Object> behaviour, Object key, Object value) {
    if (value == null) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "behaviour '" + key + "' is null");
    }
    behaviour.put(String.valueOf(key), value);
  }
}
