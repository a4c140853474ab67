package io.foretell.proto;

/**
 * Where an entry stands: the key of every effect that it has.
 *
 * @param lane the topic's name
 * @param partition 0 or more
 * @param offset 0 or more, ascending within a partition; there may be gaps
 */
public record Position(String lane, int partition, long offset) {
  @Override
  public String toString() {
    return lane + "/" + partition + "/" + offset;
  }
}
