package io.foretell.agent.update;

import io.foretell.proto.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A TUF repository in memory that a test can bend in every way, and the wire to it. */
final class TufFixture implements Fetcher {
  static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  final Map<String, byte[]> metadata = new HashMap<>();
  final Map<Digest, byte[]> artifacts = new HashMap<>();
  final Map<String, List<KeyPair>> trusted = new TreeMap<>();
  final Map<String, List<KeyPair>> signers = new TreeMap<>();
  final Map<String, Integer> thresholds =
      new TreeMap<>(Map.of("root", 2, "targets", 2, "snapshot", 1, "timestamp", 1));
  final Map<String, Instant> expires = new TreeMap<>();
  final Map<String, Integer> versions = new TreeMap<>();
  final Map<String, Object> targets = new TreeMap<>();
  final List<Long> offsets = new ArrayList<>();
  Wire wire = bytes -> new ByteArrayInputStream(bytes);

  /** What the connection does to an artifact's bytes, already cut at the offset. */
  interface Wire {
    InputStream carry(byte[] bytes) throws IOException;
  }

  TufFixture() {
    thresholds.forEach(
        (role, n) -> {
          trusted.put(role, keys(n));
          signers.put(role, trusted.get(role));
          expires.put(role, NOW.plusSeconds(3600));
          versions.put(role, 0);
        });
    publishRoot();
  }

  static List<KeyPair> keys(int n) {
    try {
      List<KeyPair> keys = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        keys.add(KeyPairGenerator.getInstance("Ed25519").generateKeyPair());
      }
      return keys;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  byte[] firstRoot() {
    return metadata.get("1.root.json");
  }

  Digest addImage(String name, String version, byte[] image, String floor, String hardware) {
    Digest digest = new Digest(hex(sha256(image)));
    artifacts.put(digest, image);
    targets.put(
        name,
        Map.of(
            "length",
            image.length,
            "hashes",
            Map.of("sha256", digest.hex()),
            "custom",
            Map.of(
                "component",
                "app",
                "version",
                version,
                "floor",
                floor,
                "models",
                List.of(),
                "hardware",
                hardware.isEmpty() ? List.of() : List.of(hardware))));
    publish();
    return digest;
  }

  void publishRoot() {
    Map<String, Object> keys = new TreeMap<>();
    Map<String, Object> roles = new TreeMap<>();
    trusted.forEach(
        (role, pairs) -> {
          pairs.forEach(pair -> keys.put(id(pair), form(pair)));
          roles.put(
              role,
              Map.of(
                  "keyids",
                  pairs.stream().map(TufFixture::id).toList(),
                  "threshold",
                  thresholds.get(role)));
        });
    put("root", Map.of("consistent_snapshot", true, "keys", keys, "roles", roles));
  }

  void publish() {
    put("targets", Map.of("targets", targets));
    publishSnapshot();
  }

  void publishSnapshot() {
    put("snapshot", Map.of("meta", Map.of("targets.json", listed("targets"))));
    publishTimestamp();
  }

  void publishTimestamp() {
    put("timestamp", Map.of("meta", Map.of("snapshot.json", listed("snapshot"))));
  }

  private void put(String role, Map<String, Object> content) {
    int version = versions.merge(role, 1, Integer::sum);
    Map<String, Object> signed = new TreeMap<>(content);
    signed.put("_type", role);
    signed.put("spec_version", "1.0.31");
    signed.put("version", version);
    signed.put("expires", expires.get(role).toString());
    metadata.put(fileName(role), envelope(signed, signers.get(role)));
  }

  String fileName(String role) {
    return role.equals("timestamp") ? "timestamp.json" : versions.get(role) + "." + role + ".json";
  }

  private Map<String, Object> listed(String role) {
    byte[] bytes = metadata.get(fileName(role));
    return Map.of(
        "version",
        versions.get(role),
        "length",
        bytes.length,
        "hashes",
        Map.of("sha256", hex(sha256(bytes))));
  }

  static byte[] envelope(Map<String, Object> signed, List<KeyPair> signers) {
    try {
      byte[] message = Json.canonical(signed);
      List<Map<String, String>> signatures = new ArrayList<>();
      for (KeyPair pair : signers) {
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(pair.getPrivate());
        signature.update(message);
        signatures.add(Map.of("keyid", id(pair), "sig", hex(signature.sign())));
      }
      return Json.canonical(Map.of("signed", signed, "signatures", signatures));
    } catch (GeneralSecurityException | RefusedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Optional<InputStream> metadata(String name) {
    return Optional.ofNullable(metadata.get(name)).map(ByteArrayInputStream::new);
  }

  @Override
  public InputStream artifact(Digest digest, long offset) throws IOException {
    offsets.add(offset);
    byte[] bytes = artifacts.get(digest);
    return wire.carry(Arrays.copyOfRange(bytes, (int) offset, bytes.length));
  }

  private static Map<String, Object> form(KeyPair pair) {
    byte[] encoded = pair.getPublic().getEncoded();
    String raw = hex(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length));
    return Map.of("keytype", "ed25519", "scheme", "ed25519", "keyval", Map.of("public", raw));
  }

  private static String id(KeyPair pair) {
    try {
      return hex(sha256(Json.canonical(form(pair))));
    } catch (RefusedException e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
