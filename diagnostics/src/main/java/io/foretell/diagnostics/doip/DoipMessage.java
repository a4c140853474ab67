package io.foretell.diagnostics.doip;

/**
 * A message of ISO 13400-2. Addresses are logical addresses, 0–FFFF.
 *
 * <p>Numbers that an edition or a sender leaves out are -1.
 */
public sealed interface DoipMessage {
  /** The payload type. */
  DoipType type();

  /** The message before it is refused: generic header negative acknowledge. */
  record HeaderRefused(DoipType type, int code, String meaning) implements DoipMessage {}

  /** A request without content: vehicle identification, alive check, status, power mode. */
  record Plain(DoipType type) implements DoipMessage {}

  /** Vehicle identification request for one entity; {@code eid} in hex. */
  record IdentifyByEid(DoipType type, String eid) implements DoipMessage {}

  /** Vehicle identification request for one vehicle. */
  record IdentifyByVin(DoipType type, String vin) implements DoipMessage {}

  /**
   * Vehicle announcement, or the answer to an identification request.
   *
   * @param eid entity identifier in hex, mostly the MAC address
   * @param gid group identifier in hex
   * @param furtherAction 00 none, 10 routing activation for central security
   * @param sync 00 VIN and GID are synchronised, 10 not yet; -1 left out
   */
  record Announcement(
      DoipType type,
      String vin,
      int address,
      String eid,
      String gid,
      int furtherAction,
      String action,
      int sync)
      implements DoipMessage {}

  /**
   * Routing activation request.
   *
   * @param oem four bytes of the maker in hex; empty where left out
   */
  record ActivationRequest(
      DoipType type, int source, int activation, String activationName, String oem)
      implements DoipMessage {}

  /** Routing activation response. */
  record ActivationResponse(
      DoipType type,
      int tester,
      int entity,
      int code,
      String meaning,
      boolean activated,
      String oem)
      implements DoipMessage {}

  /** Alive check response. */
  record Alive(DoipType type, int source) implements DoipMessage {}

  /**
   * Entity status.
   *
   * @param nodeType 0 gateway, 1 node
   * @param mostBytes the longest message that is taken; -1 left out
   */
  record EntityStatus(DoipType type, int nodeType, int mostSockets, int openSockets, long mostBytes)
      implements DoipMessage {}

  /** Diagnostic power mode: 0 not ready, 1 ready, 2 not supported. */
  record PowerMode(DoipType type, int mode, String meaning) implements DoipMessage {}

  /** Diagnostic message; the data is UDS. */
  record Diagnostic(DoipType type, int source, int target, byte[] data) implements DoipMessage {}

  /**
   * A diagnostic message was taken or refused on the way.
   *
   * @param previous the beginning of that message, as far as it is repeated
   */
  record Acknowledge(
      DoipType type, int source, int target, int code, String meaning, byte[] previous)
      implements DoipMessage {}

  /** A type that is reserved or a maker's own. */
  record Other(DoipType type, int number, byte[] payload) implements DoipMessage {}
}
