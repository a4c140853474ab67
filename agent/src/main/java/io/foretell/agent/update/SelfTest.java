package io.foretell.agent.update;

import java.nio.file.Path;

/** Whether software does what the device needs of it. */
public interface SelfTest {
  /**
   * Starts the software and looks. It may take its time; if the process dies meanwhile, that was a
   * failed attempt.
   *
   * @param image the file in its slot, its digest already checked
   */
  boolean comesUp(String component, String version, Path image);
}
