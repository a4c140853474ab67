package io.foretell.app;

import java.nio.file.Path;

/** Another process has the data folder. The message says which, and what to do. */
public final class FolderInUseException extends RuntimeException {
  private static final long serialVersionUID = 1;

  FolderInUseException(Path folder, String by) {
    super(
        "the data folder "
            + folder
            + " is in use by "
            + by
            + ". Stop it, or give this one another data folder.");
  }
}
