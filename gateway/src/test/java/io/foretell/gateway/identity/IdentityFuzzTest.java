package io.foretell.gateway.identity;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.foretell.proto.DeviceId;
import io.foretell.proto.InvalidInputException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Fuzzing of what strangers show to prove who they are, and of the names that it may hold. */
class IdentityFuzzTest {
  private static final String LONG = "30m";
  private static final Instant NOW = Instant.parse("2026-11-22T00:00:00Z");

  /**
   * The bytes of a certificate, as a handshake brings them: a name by each kind of rule, the same
   * twice; trusted by nobody, not even by itself; and in PEM the same certificate.
   */
  @FuzzTest(maxDuration = LONG)
  void certificate(byte[] data) {
    X509Certificate certificate;
    try {
      certificate = Pem.certificate(pem("CERTIFICATE", data));
    } catch (InvalidInputException e) {
      return;
    }
    for (String text : List.of("cn={device}", "dns={device}.fleet", "uri=urn:serial:{device}")) {
      NamingRule rule = NamingRule.parse(text);
      Optional<String> name = rule.nameIn(certificate);
      check(name.equals(rule.nameIn(certificate)), "another name than before");
      check(name.map(n -> !n.isEmpty()).orElse(true), "an empty name");
    }
    check(Trust.anchor(List.of(certificate), List.of(), NOW).isEmpty(), "trusted by nobody");
    check(Trust.fingerprint(certificate).length() == 64, "no fingerprint");
    String why = Trust.noAuthority(certificate, NOW).orElse("");
    check(why.equals(Trust.noAuthority(certificate, NOW).orElse("")), "another judgement");
  }

  /** What an administrator or a device pastes: PEM, of a certificate or of a key. */
  @FuzzTest(maxDuration = LONG)
  void pem(byte[] data) {
    String text = new String(data, ISO_8859_1);
    for (String one : List.of(text, pem("PUBLIC KEY", data))) {
      taken(() -> Trust.fingerprint(Pem.certificate(one)));
      taken(() -> Trust.keyHash(Pem.publicKey(one)));
    }
  }

  /** Names of devices and rules for them: what is read is written as it was. */
  @FuzzTest(maxDuration = LONG)
  void names(byte[] data) {
    String text = new String(data, UTF_8);
    taken(
        () -> {
          NamingRule rule = NamingRule.parse(text);
          check(NamingRule.parse(rule.toString()).equals(rule), "another rule");
          return rule.toString();
        });
    taken(
        () -> {
          DeviceId id = DeviceId.parse(text);
          check(DeviceId.parse(id.toString()).equals(id), "another device");
          return id.toString();
        });
  }

  private static String pem(String what, byte[] der) {
    String text = Base64.getMimeEncoder().encodeToString(der);
    return "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n";
  }

  private interface Reading {
    String read();
  }

  private static void taken(Reading reading) {
    try {
      String first = reading.read();
      check(first.equals(reading.read()), "another reading than before");
    } catch (InvalidInputException e) {
      check(e.detail().length() < 100_000, "a long refusal");
    }
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException(what);
    }
  }
}
