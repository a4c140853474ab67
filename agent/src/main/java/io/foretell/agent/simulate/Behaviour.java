package io.foretell.agent.simulate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;

/**
 * What a software image makes the vehicle's controller do.
 *
 * @param version of the software
 * @param pumpDuty how the controller drives the coolant pump, 0–1, at full load
 * @param starts whether the software comes up at all
 */
public record Behaviour(String version, double pumpDuty, boolean starts) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Reads an image: {@code
   * {"component":"app","version":"1.0.1","behaviour":{"coolantPumpDuty":0.8,"starts":true}}}.
   *
   * @throws InvalidInputException where it is none
   */
  public static Behaviour ofImage(byte[] image) {
    try {
      JsonNode root = JSON.readTree(image);
      JsonNode behaviour = root.path("behaviour");
      if (!root.path("version").isTextual() || !behaviour.path("coolantPumpDuty").isNumber()) {
        throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "no software image of a vehicle");
      }
      return new Behaviour(
          root.path("version").asText(),
          behaviour.path("coolantPumpDuty").asDouble(),
          behaviour.path("starts").asBoolean(true));
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(
          ReasonCode.MALFORMED_JSON, "image: " + e.getOriginalMessage());
    } catch (java.io.IOException e) {
      throw new InvalidInputException(ReasonCode.MALFORMED_JSON, "image: " + e.getMessage());
    }
  }

  /** The image that {@link #ofImage} reads. */
  public byte[] image() {
    var root = JSON.createObjectNode().put("component", "app").put("version", version);
    root.putObject("behaviour").put("coolantPumpDuty", pumpDuty).put("starts", starts);
    return root.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }
}
