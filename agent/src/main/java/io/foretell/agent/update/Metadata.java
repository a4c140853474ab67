package io.foretell.agent.update;

import io.foretell.proto.ReasonCode;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * One signed file of TUF metadata (specification, section 4.2), parsed, not yet trusted.
 *
 * @param signed what the signatures are over
 * @param message its canonical form
 */
record Metadata(
    String type,
    long version,
    Instant expires,
    Map<?, ?> signed,
    byte[] message,
    List<?> signatures) {
  /** What comes before the 32 bytes of an Ed25519 key in X.509 form (RFC 8410, section 4). */
  private static final String KEY_PREFIX = "302a300506032b6570032100";

  private static final int MAX_SIGNATURES = 64;

  static Metadata parse(byte[] bytes, String type) throws RefusedException {
    Map<?, ?> envelope = Json.parse(bytes);
    Map<?, ?> signed = Json.map(envelope, "signed");
    if (!type.equals(Json.text(signed, "_type"))
        || !Json.text(signed, "spec_version").startsWith("1.")) {
      throw new RefusedException(ReasonCode.WRONG_SHAPE, "no " + type + " metadata of TUF 1");
    }
    try {
      return new Metadata(
          type,
          Json.number(signed, "version"),
          Instant.parse(Json.text(signed, "expires")),
          signed,
          Json.canonical(signed),
          Json.list(envelope, "signatures"));
    } catch (DateTimeParseException e) {
      throw new RefusedException(ReasonCode.WRONG_SHAPE, "no time: expires of " + type);
    }
  }

  /**
   * Refuses what fewer keys have signed than the threshold of its role, as {@code root} gives it,
   * asks for. One key counts once, however often it signs.
   */
  void verifyBy(Metadata root) throws RefusedException {
    Map<?, ?> role = Json.map(Json.map(root.signed(), "roles"), type);
    long threshold = Json.number(role, "threshold");
    if (threshold < 1) {
      throw new RefusedException(ReasonCode.THRESHOLD_NOT_MET, "a threshold below 1");
    }
    Set<String> good = goodKeys(Json.map(root.signed(), "keys"), Json.list(role, "keyids"));
    if (good.isEmpty()) {
      throw new RefusedException(
          ReasonCode.BAD_SIGNATURE, type + " " + version + " has no signature by a trusted key");
    }
    if (good.size() < threshold) {
      throw new RefusedException(
          ReasonCode.THRESHOLD_NOT_MET,
          type + " " + version + " has " + good.size() + " of " + threshold + " signatures");
    }
  }

  void requireFresh(Instant now) throws RefusedException {
    if (!now.isBefore(expires)) {
      throw new RefusedException(
          ReasonCode.EXPIRED, type + " " + version + " expired at " + expires);
    }
  }

  /** What it says of another file: its version, and length and hash where it has them. */
  Map<?, ?> meta(String file) throws RefusedException {
    return Json.map(Json.map(signed, "meta"), file);
  }

  private Set<String> goodKeys(Map<?, ?> keys, List<?> trustedIds) throws RefusedException {
    if (signatures.size() > MAX_SIGNATURES) {
      throw new RefusedException(ReasonCode.TOO_LARGE, "more signatures than anyone needs");
    }
    Set<String> good = new HashSet<>();
    for (Object item : signatures) {
      if (item instanceof Map<?, ?> signature
          && trustedIds.contains(signature.get("keyid"))
          && keys.get(signature.get("keyid")) instanceof Map<?, ?> key
          && "ed25519".equals(key.get("scheme"))
          && key.get("keyval") instanceof Map<?, ?> value
          && value.get("public") instanceof String publicHex
          && signature.get("sig") instanceof String sig
          && verifies(publicHex, sig)) {
        good.add(publicHex.toLowerCase(Locale.ROOT));
      }
    }
    return good;
  }

  private boolean verifies(String publicHex, String sigHex) {
    try {
      byte[] encoded = HexFormat.of().parseHex(KEY_PREFIX + publicHex);
      PublicKey key =
          KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
      Signature verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(key);
      verifier.update(message);
      return verifier.verify(HexFormat.of().parseHex(sigHex));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }
}
