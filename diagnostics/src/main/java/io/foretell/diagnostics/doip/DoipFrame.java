package io.foretell.diagnostics.doip;

/**
 * A message with its header.
 *
 * @param version 1 ISO/DIS 13400-2:2010, 2 ISO 13400-2:2012, 3 2019; FF in identification requests
 *     that any version may answer
 * @param length header and payload, in bytes
 */
public record DoipFrame(int version, int length, DoipMessage message) {}
