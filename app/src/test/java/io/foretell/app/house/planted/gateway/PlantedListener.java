package io.foretell.app.house.planted.gateway;

import io.foretell.app.house.planted.ingest.PlantedDecoder;
import io.vertx.core.Vertx;

/** A stage's root that breaks every rule it can; only the test of the rules reads it. */
public final class PlantedListener {
  private final PlantedDecoder decoder = new PlantedDecoder();

  /** Imports another stage, a library, and the environment. */
  public String listen() throws InterruptedException {
    Thread.sleep(0);
    System.out.println(System.getenv("PATH"));
    if (Vertx.currentContext() != null) {
      throw new RuntimeException("raw");
    }
    return decoder.decode();
  }
}
