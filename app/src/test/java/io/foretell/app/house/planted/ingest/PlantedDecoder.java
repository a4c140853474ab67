package io.foretell.app.house.planted.ingest;

import io.foretell.app.house.planted.gateway.PlantedListener;

/** The other half of a planted cycle. */
public final class PlantedDecoder {
  /** Closes the circle. */
  public String decode() {
    return PlantedListener.class.getName();
  }
}
