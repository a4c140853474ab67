package io.foretell.ingest;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.Uplink;
import java.util.Set;

/**
 * Reads one notation of payloads. It is pure, safe for use by many threads, and answers for the
 * form alone: whether names, values and times may stand is judged in one place behind all readers.
 */
public interface PayloadReader {
  /** The content types of the notation: lower case, without parameters. */
  Set<String> contentTypes();

  /**
   * What the payload says. A message without a time gets the time of its receipt.
   *
   * @param uplink with a payload of at least one byte
   * @throws InvalidInputException and nothing else, whatever the bytes are
   */
  Decoded read(Uplink uplink);

  /**
   * What the payload says where it may refer to what its device has announced before.
   *
   * @param announced by the messages of the device that were stored before
   * @throws InvalidInputException and nothing else, whatever the bytes are
   */
  default Decoded read(Uplink uplink, Announced announced) {
    return read(uplink);
  }
}
