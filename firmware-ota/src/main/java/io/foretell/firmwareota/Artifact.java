package io.foretell.firmwareota;

import io.foretell.proto.Device;
import io.foretell.proto.Digest;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A signed piece of software of one tenant.
 *
 * @param name what its file is called; unique within the tenant
 * @param component the part of a device that it is for ({@code app}, {@code bms})
 * @param models of devices that may have it; empty: any
 * @param hardware versions that may have it; empty: any
 * @param floor the oldest version of the component that such a device may still be given
 * @param size in bytes
 * @param createdAt ms since 1970
 * @param notes for a person
 */
public record Artifact(
    Digest digest,
    String name,
    String component,
    Version version,
    Version floor,
    List<String> models,
    List<String> hardware,
    long size,
    long createdAt,
    String notes) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
  private static final int MAX_LIST = 200;
  private static final int MAX_NOTES = 2000;

  /** Refuses unsafe names and a floor above the version. */
  public Artifact {
    requireName(name);
    requireName(component);
    models = List.copyOf(models);
    hardware = List.copyOf(hardware);
    models.forEach(Artifact::requireText);
    hardware.forEach(Artifact::requireText);
    requireText(notes);
    if (models.size() > MAX_LIST || hardware.size() > MAX_LIST || notes.length() > MAX_NOTES) {
      throw new InvalidInputException(ReasonCode.TOO_LARGE, "models, hardware or notes");
    }
    if (floor.compareTo(version) > 0) {
      throw new InvalidInputException(
          ReasonCode.VERSION_BELOW_FLOOR, "version " + version + " is below its floor " + floor);
    }
  }

  /** Whether it may run on a device; one whose model or hardware is unknown only takes "any". */
  public boolean fits(Device device) {
    return (models.isEmpty() || models.contains(device.model()))
        && (hardware.isEmpty() || hardware.contains(device.hardware()));
  }

  /** Refuses what could not stand as a file name. */
  static void requireName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new InvalidInputException(ReasonCode.INVALID_NAME, "'" + name + "'");
    }
  }

  // Control characters have no canonical JSON that is also JSON; lone surrogates have no UTF-8.
  private static void requireText(String text) {
    boolean bad =
        text.codePoints()
            .anyMatch(
                c ->
                    Character.isISOControl(c)
                        || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE));
    if (bad) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "a control character in a text");
    }
  }
}
