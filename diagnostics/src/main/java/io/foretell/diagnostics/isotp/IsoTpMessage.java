package io.foretell.diagnostics.isotp;

import java.util.Optional;

/**
 * A message, or what became of one.
 *
 * @param bus the bus it was on
 * @param id its CAN identifier; bit 31 set: 29 bits
 * @param extension address byte of extended addressing; -1 where there is none
 * @param payload its bytes; empty where there is a defect
 * @param defect why there is no payload
 */
public record IsoTpMessage(
    String bus, int id, int extension, byte[] payload, Optional<Defect> defect) {}
