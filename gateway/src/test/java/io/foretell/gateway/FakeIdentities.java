package io.foretell.gateway;

import io.foretell.proto.DeviceId;
import io.foretell.proto.ReasonCode;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Identities of a test: some devices with their tokens, and a sandbox that may be open. */
public final class FakeIdentities implements Identities {
  private final Map<String, String> tokens = new ConcurrentHashMap<>();
  private final Map<String, String> certificates = new ConcurrentHashMap<>();
  private final Set<String> pairs = ConcurrentHashMap.newKeySet();
  private volatile boolean sandbox;

  /** Registers a device. */
  public FakeIdentities device(String name, String token) {
    tokens.put(name, token);
    return this;
  }

  /** Trusts certificates of a subject ({@code CN=…}) as a device's. */
  public FakeIdentities certificate(String subject, String name) {
    certificates.put(subject, name);
    return this;
  }

  /** Lets a gateway speak for a child. */
  public FakeIdentities child(String gateway, String child) {
    pairs.add(DeviceId.parse(gateway) + " " + DeviceId.parse(child));
    return this;
  }

  /** Closes the sandbox. */
  public void closeSandbox() {
    sandbox = false;
  }

  /** Opens the sandbox. */
  public FakeIdentities sandbox() {
    sandbox = true;
    return this;
  }

  @Override
  public Verdict authenticate(Credentials credentials) {
    if (credentials instanceof Credentials.Token token) {
      String expected = tokens.get(token.name());
      return token.secret().equals(expected)
          ? new Verdict.Known(DeviceId.parse(token.name()))
          : new Verdict.Refused(ReasonCode.NOT_AUTHENTICATED);
    }
    if (credentials instanceof Credentials.Certificate shown) {
      String device = certificates.get(shown.chain().get(0).getSubjectX500Principal().getName());
      return device == null
          ? new Verdict.Refused(ReasonCode.NOT_AUTHENTICATED)
          : new Verdict.Known(DeviceId.parse(device));
    }
    if (sandbox && credentials instanceof Credentials.Nothing nothing) {
      return new Verdict.Known(new DeviceId("sandbox", nothing.clientId()));
    }
    return new Verdict.Refused(ReasonCode.NOT_AUTHENTICATED);
  }

  @Override
  public boolean registered(String name) {
    return tokens.containsKey(name);
  }

  @Override
  public Optional<byte[]> presharedKey(String identity) {
    return Optional.empty();
  }

  @Override
  public boolean speaksFor(DeviceId gateway, DeviceId child) {
    return pairs.contains(gateway + " " + child);
  }
}
