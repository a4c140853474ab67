package io.foretell.servicedesk.webhook;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Keeps webhooks away from what is not public: whoever may subscribe must not reach, through this
 * server, its own machine, its site, or a cloud's metadata.
 *
 * <p>Forbidden is what the IANA special-purpose address registries (RFC 6890) call not globally
 * reachable, multicast, and IPv6 addresses that carry a forbidden IPv4 address inside. A name is
 * resolved once, every address that it has must be allowed, and the connection goes to the address
 * that was looked at: a name that resolves to something else a moment later gains nothing.
 */
public final class AddressGuard {
  private static final List<Network> FORBIDDEN =
      Stream.of(
              "0.0.0.0/8",
              "10.0.0.0/8",
              "100.64.0.0/10",
              "127.0.0.0/8",
              "169.254.0.0/16",
              "172.16.0.0/12",
              "192.0.0.0/24",
              "192.0.2.0/24",
              "192.88.99.0/24",
              "192.168.0.0/16",
              "198.18.0.0/15",
              "198.51.100.0/24",
              "203.0.113.0/24",
              "224.0.0.0/3",
              "::/96",
              "100::/64",
              "2001::/23",
              "2001:db8::/32",
              "3fff::/20",
              "5f00::/16",
              "fc00::/7",
              "fe80::/9",
              "ff00::/8")
          .map(Network::parse)
          .toList();

  /** IPv6 networks whose addresses carry an IPv4 address, and at which byte: NAT64, 6to4. */
  private static final Map<Network, Integer> CARRIERS =
      Map.of(
          Network.parse("64:ff9b::/96"), 12,
          Network.parse("64:ff9b:1::/48"), 12,
          Network.parse("2002::/16"), 2);

  private final List<Network> allowed;
  private final Resolver resolver;

  /** Finds the addresses of a name. */
  @FunctionalInterface
  public interface Resolver {
    /** All addresses of a name or literal. */
    InetAddress[] resolve(String host) throws UnknownHostException;
  }

  /**
   * A guard that asks the system's resolver.
   *
   * @param allowedNetworks CIDR; exceptions from what is forbidden
   */
  public AddressGuard(List<String> allowedNetworks) {
    this(allowedNetworks, InetAddress::getAllByName);
  }

  /** A guard with a resolver of its own. */
  public AddressGuard(List<String> allowedNetworks, Resolver resolver) {
    this.allowed = allowedNetworks.stream().map(Network::parse).toList();
    this.resolver = resolver;
  }

  /**
   * Reads the address of a target: http or https, with a host, without a user or a fragment, and
   * not to a place that is forbidden. A name that cannot be resolved now is let through: it is
   * looked at again at each delivery.
   *
   * @throws InvalidInputException WRONG_SHAPE, NOT_AUTHORISED
   */
  public URI target(String text) {
    URI url = parse(text);
    try {
      connectable(url);
    } catch (UnknownHostException e) {
      return url;
    }
    return url;
  }

  /**
   * The address to connect to.
   *
   * @throws InvalidInputException NOT_AUTHORISED where the name leads to a forbidden place
   */
  InetAddress connectable(URI url) throws UnknownHostException {
    String host = url.getHost();
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    InetAddress[] addresses = resolver.resolve(bare);
    if (addresses.length == 0) {
      throw new UnknownHostException(bare);
    }
    for (InetAddress address : addresses) {
      if (!permits(address.getAddress())) {
        throw new InvalidInputException(
            ReasonCode.NOT_AUTHORISED,
            "'" + bare + "' leads to an address that webhooks may not reach");
      }
    }
    return addresses[0];
  }

  private boolean permits(byte[] address) {
    if (allowed.stream().anyMatch(network -> network.contains(address))) {
      return true;
    }
    if (FORBIDDEN.stream().anyMatch(network -> network.contains(address))) {
      return false;
    }
    return CARRIERS.entrySet().stream()
        .filter(carrier -> carrier.getKey().contains(address))
        .allMatch(carrier -> permits(inner(address, carrier.getValue())));
  }

  private static byte[] inner(byte[] address, int from) {
    return Arrays.copyOfRange(address, from, from + 4);
  }

  private static URI parse(String text) {
    URI url;
    try {
      url = new URI(text);
    } catch (URISyntaxException e) {
      throw wrong("is no URL");
    }
    String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw wrong("must begin with http:// or https://");
    }
    if (url.getHost() == null || url.getPort() == 0 || url.getPort() > 65535) {
      throw wrong("must have a host, and a port from 1 to 65535 where it has one");
    }
    if (url.getRawUserInfo() != null || url.getRawFragment() != null || text.length() > 2000) {
      throw wrong("must have no user, no fragment, and at most 2000 characters");
    }
    return url;
  }

  private static InvalidInputException wrong(String why) {
    return new InvalidInputException(ReasonCode.WRONG_SHAPE, "the webhook's URL " + why);
  }
}
