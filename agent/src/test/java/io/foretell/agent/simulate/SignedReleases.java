package io.foretell.agent.simulate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.foretell.agent.update.Fetcher;
import io.foretell.agent.update.SoftwareImage;
import io.foretell.proto.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A server's signed metadata and artifacts, with one key for every role, held in memory. */
final class SignedReleases implements Fetcher {
  private static final ObjectMapper JSON =
      new ObjectMapper().configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true);

  private final Map<String, byte[]> metadata = new HashMap<>();
  private final Map<Digest, byte[]> artifacts = new HashMap<>();
  private final Map<String, Object> targets = new TreeMap<>();
  private final KeyPair key;
  private int version;
  boolean reachable = true;

  SignedReleases() throws GeneralSecurityException, JsonProcessingException {
    key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    Map<String, Object> role = Map.of("keyids", List.of(id()), "threshold", 1);
    put(
        "1.root.json",
        "root",
        1,
        Map.of(
            "consistent_snapshot",
            true,
            "keys",
            Map.of(id(), form()),
            "roles",
            Map.of("root", role, "targets", role, "snapshot", role, "timestamp", role)));
  }

  byte[] root() {
    return metadata.getOrDefault("1.root.json", new byte[0]);
  }

  /** Publishes an image; returns the arguments of a command that installs it. */
  String release(SoftwareImage image) throws GeneralSecurityException, JsonProcessingException {
    byte[] bytes = image.bytes();
    Digest digest = new Digest(sha256(bytes));
    artifacts.put(digest, bytes);
    String name = image.component() + "-" + image.version();
    Map<String, Object> custom =
        Map.of(
            "component",
            image.component(),
            "version",
            image.version(),
            "floor",
            "0.0.0",
            "models",
            List.of(),
            "hardware",
            List.of());
    targets.put(
        name,
        Map.of("length", bytes.length, "hashes", Map.of("sha256", digest.hex()), "custom", custom));
    publish();
    return JSON.writeValueAsString(
        Map.of(
            "campaign",
            "campaign-" + image.version(),
            "component",
            image.component(),
            "version",
            image.version(),
            "artifact",
            digest.toString(),
            "target",
            name));
  }

  private void publish() throws GeneralSecurityException, JsonProcessingException {
    version++;
    byte[] signed = put(version + ".targets.json", "targets", version, Map.of("targets", targets));
    byte[] snapshot =
        put(
            version + ".snapshot.json",
            "snapshot",
            version,
            Map.of("meta", Map.of("targets.json", listed(signed))));
    put(
        "timestamp.json",
        "timestamp",
        version,
        Map.of("meta", Map.of("snapshot.json", listed(snapshot))));
  }

  private Map<String, Object> listed(byte[] bytes) throws GeneralSecurityException {
    return Map.of(
        "version", version, "length", bytes.length, "hashes", Map.of("sha256", sha256(bytes)));
  }

  private byte[] put(String name, String role, int version, Map<String, Object> content)
      throws GeneralSecurityException, JsonProcessingException {
    Map<String, Object> signed = new TreeMap<>(content);
    signed.put("_type", role);
    signed.put("spec_version", "1.0.31");
    signed.put("version", version);
    signed.put("expires", "2100-01-01T00:00:00Z");
    Signature signature = Signature.getInstance("Ed25519");
    signature.initSign(key.getPrivate());
    signature.update(JSON.writeValueAsBytes(signed));
    String hex = HexFormat.of().formatHex(signature.sign());
    byte[] bytes =
        JSON.writeValueAsBytes(
            Map.of("signed", signed, "signatures", List.of(Map.of("keyid", id(), "sig", hex))));
    metadata.put(name, bytes);
    return bytes;
  }

  private Map<String, Object> form() {
    byte[] encoded = key.getPublic().getEncoded();
    String raw = HexFormat.of().formatHex(encoded, encoded.length - 32, encoded.length);
    return Map.of("keytype", "ed25519", "scheme", "ed25519", "keyval", Map.of("public", raw));
  }

  private String id() throws GeneralSecurityException, JsonProcessingException {
    return sha256(JSON.writeValueAsBytes(form()));
  }

  private static String sha256(byte[] bytes) throws GeneralSecurityException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  @Override
  public Optional<InputStream> metadata(String name) throws IOException {
    reach();
    return Optional.ofNullable(metadata.get(name)).map(ByteArrayInputStream::new);
  }

  @Override
  public InputStream artifact(Digest digest, long offset) throws IOException {
    reach();
    byte[] bytes = artifacts.getOrDefault(digest, new byte[0]);
    return new ByteArrayInputStream(Arrays.copyOfRange(bytes, (int) offset, bytes.length));
  }

  private void reach() throws IOException {
    if (!reachable) {
      throw new IOException("there is no server");
    }
  }
}
