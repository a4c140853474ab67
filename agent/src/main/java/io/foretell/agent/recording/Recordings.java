package io.foretell.agent.recording;

import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** Opens recordings: those that come with the agent (see NOTICE.md beside them), and files. */
public final class Recordings {
  /** CAN bus of a real truck, candump. */
  public static final String TRUCK = "nmfta_truck_2016.candump.log.gz";

  /** C-MAPSS FD001: engines that ran to failure. */
  public static final String TURBOFAN_TRAIN = "train_FD001.txt.gz";

  /** C-MAPSS FD001: engines cut off before their failure. */
  public static final String TURBOFAN_TEST = "test_FD001.txt.gz";

  /** C-MAPSS FD001: how many cycles the engines of the test set had left. */
  public static final String TURBOFAN_TRUTH = "RUL_FD001.txt.gz";

  private Recordings() {}

  /** A recording that comes with the agent, unpacked, as text. */
  public static BufferedReader open(String name) throws IOException {
    InputStream in = Recordings.class.getResourceAsStream(name);
    if (in == null) {
      throw new FileNotFoundException("no recording of the name " + name);
    }
    return text(new GZIPInputStream(in));
  }

  /** A recording of the user's; unpacked where its name ends in {@code .gz}. */
  public static BufferedReader open(Path file) throws IOException {
    InputStream in = Files.newInputStream(file);
    return text(file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in);
  }

  private static BufferedReader text(InputStream in) {
    return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8), 1 << 16);
  }
}
