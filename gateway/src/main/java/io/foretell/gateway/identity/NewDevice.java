package io.foretell.gateway.identity;

import io.foretell.proto.DeviceId;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.Map;

/**
 * A device that an administrator makes known.
 *
 * @param model at most {@value #MAX_TEXT} characters; empty where unknown
 * @param hardware at most {@value #MAX_TEXT} characters; empty where unknown
 * @param labels free words for grouping; {@value #PARENT} is the server's own and refused here
 */
public record NewDevice(DeviceId id, String model, String hardware, Map<String, String> labels) {
  /** The longest text of a fact or label. */
  public static final int MAX_TEXT = 200;

  /** The label that names the gateway of a child. */
  public static final String PARENT = "parent";

  private static final int MAX_LABELS = 64;

  /** Refuses facts that are too long with {@link InvalidInputException}. */
  public NewDevice {
    checkText("model", model);
    checkText("hardware", hardware);
    labels = checkedLabels(labels);
  }

  /** A device of which nothing more is known. */
  public static NewDevice of(DeviceId id) {
    return new NewDevice(id, "", "", Map.of());
  }

  static void checkText(String what, String text) {
    if (text.length() > MAX_TEXT) {
      throw new InvalidInputException(
          ReasonCode.WRONG_SHAPE, what + " has more than " + MAX_TEXT + " characters");
    }
  }

  static Map<String, String> checkedLabels(Map<String, String> labels) {
    if (labels.size() > MAX_LABELS) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "more than 64 labels");
    }
    labels.forEach(
        (key, value) -> {
          checkText("label", key);
          checkText("label " + key, value);
          if (key.isBlank() || key.equals(PARENT)) {
            throw new InvalidInputException(
                ReasonCode.INVALID_NAME, "a label cannot be called '" + key + "'");
          }
        });
    return Map.copyOf(labels);
  }
}
