package io.foretell.agent.update;

import io.foretell.proto.Digest;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an {@code install} command asks for. It only chooses: what may be installed, the signed
 * metadata says.
 *
 * @param target the name in the signed metadata
 * @param rollback whether an older version than the running one is wanted
 * @param expiresAt after this moment it is not begun, ms since 1970
 */
public record InstallOrder(
    String commandId,
    String campaign,
    String component,
    String version,
    Digest digest,
    String target,
    boolean rollback,
    long expiresAt) {

  /**
   * Reads a command's arguments.
   *
   * @param arguments the JSON object of the command
   * @throws InvalidInputException where they are none for an installation
   */
  public static InstallOrder parse(String commandId, String arguments, long expiresAt) {
    try {
      return of(commandId, Json.parse(arguments.getBytes(StandardCharsets.UTF_8)), expiresAt);
    } catch (RefusedException e) {
      throw new InvalidInputException(e.reason(), e.detail());
    }
  }

  byte[] bytes() {
    Map<String, Object> map = new TreeMap<>();
    map.put("command", commandId);
    map.put("campaign", campaign);
    map.put("component", component);
    map.put("version", version);
    map.put("artifact", digest.toString());
    map.put("target", target);
    map.put("rollback", rollback);
    map.put("expiresAt", expiresAt);
    return Json.plain(map);
  }

  static InstallOrder read(byte[] bytes) throws RefusedException {
    Map<String, Object> map = Json.parse(bytes);
    return of(Json.text(map, "command"), map, Json.number(map, "expiresAt"));
  }

  private static InstallOrder of(String commandId, Map<?, ?> map, long expiresAt)
      throws RefusedException {
    try {
      return new InstallOrder(
          commandId,
          Json.text(map, "campaign"),
          Json.text(map, "component"),
          Json.text(map, "version"),
          Digest.parse(Json.text(map, "artifact")),
          Json.text(map, "target"),
          Boolean.TRUE.equals(map.get("rollback")),
          expiresAt);
    } catch (InvalidInputException e) {
      throw new RefusedException(ReasonCode.WRONG_SHAPE, e.detail());
    }
  }
}
