package io.foretell.gateway.identity;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * How a device's name is read from its certificate: from the subject's common name, or from a
 * subject alternative name (RFC 5280 section 4.2.1.6) that is a DNS name or a URI. The text form is
 * {@code cn={device}}, {@code dns={device}.fleet.example.com}, {@code uri=urn:serial:{device}}.
 *
 * @param before what stands before the device's name, perhaps nothing
 * @param after what stands behind it, perhaps nothing
 */
record NamingRule(Source source, String before, String after) {
  /** The common name is the device's name. */
  static final NamingRule COMMON_NAME = new NamingRule(Source.CN, "", "");

  private static final String DEVICE = "{device}";
  private static final int LONGEST = 200;

  /** Where the name stands, and the number of that kind of subject alternative name. */
  enum Source {
    CN(-1),
    DNS(2),
    URI(6);

    private final int kind;

    Source(int kind) {
      this.kind = kind;
    }
  }

  /** Reads the text form; refuses any other with {@link InvalidInputException}. */
  static NamingRule parse(String text) {
    int equals = text.indexOf('=');
    int device = text.indexOf(DEVICE);
    boolean once = device > equals && text.indexOf(DEVICE, device + 1) < 0;
    if (equals > 0 && once && text.length() <= LONGEST) {
      for (Source source : Source.values()) {
        if (source.name().toLowerCase(Locale.ROOT).equals(text.substring(0, equals))) {
          return new NamingRule(
              source, text.substring(equals + 1, device), text.substring(device + DEVICE.length()));
        }
      }
    }
    throw new InvalidInputException(
        ReasonCode.WRONG_SHAPE,
        "a rule is cn=…{device}…, dns=…{device}… or uri=…{device}…, not '" + text + "'");
  }

  /**
   * The device's name by this rule; empty where the certificate has none, or several that differ.
   */
  Optional<String> nameIn(X509Certificate certificate) {
    List<String> names = new ArrayList<>();
    for (String candidate : candidates(certificate)) {
      int length = candidate.length() - before.length() - after.length();
      if (length > 0 && candidate.startsWith(before) && candidate.endsWith(after)) {
        String name = candidate.substring(before.length(), before.length() + length);
        if (!names.contains(name)) {
          names.add(name);
        }
      }
    }
    return names.size() == 1 ? Optional.of(names.get(0)) : Optional.empty();
  }

  private List<String> candidates(X509Certificate certificate) {
    return source == Source.CN ? commonNames(certificate) : alternatives(certificate);
  }

  private static List<String> commonNames(X509Certificate certificate) {
    List<String> names = new ArrayList<>();
    try {
      for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
        if (part.getType().equalsIgnoreCase("CN") && part.getValue() instanceof String name) {
          names.add(name);
        }
      }
    } catch (InvalidNameException e) {
      return List.of();
    }
    return names;
  }

  private List<String> alternatives(X509Certificate certificate) {
    List<String> names = new ArrayList<>();
    try {
      Collection<List<?>> all = certificate.getSubjectAlternativeNames();
      if (all != null) {
        for (List<?> one : all) {
          if (one.get(0).equals(source.kind) && one.get(1) instanceof String name) {
            names.add(name);
          }
        }
      }
    } catch (CertificateParsingException e) {
      return List.of();
    }
    return names;
  }

  @Override
  public String toString() {
    return source.name().toLowerCase(Locale.ROOT) + "=" + before + DEVICE + after;
  }
}
