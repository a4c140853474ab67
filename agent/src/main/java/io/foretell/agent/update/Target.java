package io.foretell.agent.update;

import io.foretell.proto.Digest;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An artifact as the signed targets metadata describes it.
 *
 * @param floor the oldest version of the component that may still be installed
 * @param models that it fits; empty: any
 * @param hardware versions that it fits; empty: any
 */
record Target(
    String component,
    String version,
    String floor,
    List<?> models,
    List<?> hardware,
    Digest digest,
    long length) {

  /** The target of that name; refused where the signed metadata has none. */
  static Target find(Metadata targets, String name) throws RefusedException {
    Map<?, ?> all = Json.map(targets.signed(), "targets");
    if (all.get(name) instanceof Map<?, ?> form) {
      return read(form);
    }
    throw new RefusedException(ReasonCode.BAD_SIGNATURE, "nobody has signed '" + name + "'");
  }

  boolean fits(Hardware device) {
    return (models.isEmpty() || models.contains(device.model()))
        && (hardware.isEmpty() || hardware.contains(device.version()));
  }

  /** The highest floor that the metadata sets for a component on a device; empty where none. */
  static Optional<String> floor(Metadata targets, String component, Hardware device)
      throws RefusedException {
    Optional<String> highest = Optional.empty();
    for (Object form : Json.map(targets.signed(), "targets").values()) {
      if (!(form instanceof Map<?, ?> map)) {
        throw new RefusedException(ReasonCode.WRONG_SHAPE, "a target that is no object");
      }
      Target target = read(map);
      boolean counts = target.component().equals(component) && target.fits(device);
      if (counts
          && (highest.isEmpty()
              || Release.of(target.floor()).compareTo(Release.of(highest.get())) > 0)) {
        highest = Optional.of(target.floor());
      }
    }
    return highest;
  }

  private static Target read(Map<?, ?> form) throws RefusedException {
    Map<?, ?> custom = Json.map(form, "custom");
    try {
      return new Target(
          Json.text(custom, "component"),
          Json.text(custom, "version"),
          Json.text(custom, "floor"),
          Json.list(custom, "models"),
          Json.list(custom, "hardware"),
          new Digest(Json.text(Json.map(form, "hashes"), "sha256")),
          Json.number(form, "length"));
    } catch (InvalidInputException e) {
      throw new RefusedException(e.reason(), e.detail());
    }
  }
}
