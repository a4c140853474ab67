package io.foretell.diagnostics.obd;

/**
 * One control unit's answer, put together.
 *
 * @param unit its identifier or address as the tester printed it, in upper case; empty where it
 *     printed none
 * @param bytes from the service identifier on
 */
public record UnitAnswer(String unit, byte[] bytes) {}
