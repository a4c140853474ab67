package io.foretell.agent.simulate;

import io.foretell.agent.update.SoftwareImage;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.Map;

/**
 * What a vehicle's software does to it.
 *
 * @param version of the software
 * @param pumpDuty how the controller drives the coolant pump, 0–1
 */
public record Behaviour(String version, double pumpDuty) {
  /** The component that the software is of. */
  public static final String COMPONENT = "inverter-control";

  private static final String PUMP = "coolantPumpDuty";

  /**
   * Reads it out of an image.
   *
   * @throws InvalidInputException where the image says nothing of the pump
   */
  public static Behaviour of(SoftwareImage image) {
    if (!(image.behaviour().get(PUMP) instanceof Number duty)) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "the image has no " + PUMP);
    }
    return new Behaviour(image.version(), duty.doubleValue());
  }

  /**
   * An image with a behaviour.
   *
   * @param starts whether it comes up at all
   */
  public static SoftwareImage image(String version, double pumpDuty, boolean starts) {
    return new SoftwareImage(COMPONENT, version, Map.of(PUMP, pumpDuty, "starts", starts));
  }
}
