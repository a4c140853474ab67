package io.foretell.servicedesk.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressGuardTest {
  private final AddressGuard guard = new AddressGuard(List.of());

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://localhost:8080/",
        "http://0.0.0.0/",
        "http://10.1.2.3/",
        "http://172.16.0.1/",
        "http://172.31.255.254/",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://100.64.0.1/",
        "http://192.0.0.8/",
        "http://198.18.0.1/",
        "http://224.0.0.1/",
        "http://240.0.0.1/",
        "http://255.255.255.255/",
        "http://[::1]/",
        "http://[::]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[::7f00:1]/",
        "http://[fe80::1]/",
        "http://[fec0::1]/",
        "http://[fc00::1]/",
        "http://[fd12:3456::1]/",
        "http://[ff02::1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://[2002:7f00:1::]/",
        "http://[2001:0:1::1]/",
        "http://[2001:db8::1]/",
      })
  void place_that_is_not_public_is_refused(String url) {
    InvalidInputException refused =
        catchThrowableOfType(InvalidInputException.class, () -> guard.target(url));
    assertThat(refused).as(url).isNotNull();
    assertThat(refused.reason()).isEqualTo(ReasonCode.NOT_AUTHORISED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://93.184.216.34/hook",
        "http://8.8.8.8:8080/",
        "http://172.32.0.1/",
        "http://192.169.0.1/",
        "http://100.128.0.1/",
        "https://[2606:2800:220:1::1]/",
        "https://[64:ff9b::808:808]/",
      })
  void public_place_is_let_through(String url) {
    assertThat(guard.target(url)).hasToString(url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "javascript:alert(1)",
        "//example.org/",
        "example.org",
        "http:///path",
        "http://127.1/",
        "http://",
        "http://user:pw@93.184.216.34/",
        "http://93.184.216.34/#part",
        "http://93.184.216.34:0/",
        "http://93.184.216.34:70000/",
        "http://exa mple.org/",
        "http://example.org/\r\nX: y",
        "",
      })
  void what_is_no_target_is_refused(String url) {
    InvalidInputException refused =
        catchThrowableOfType(InvalidInputException.class, () -> guard.target(url));
    assertThat(refused).as(url).isNotNull();
    assertThat(refused.reason()).isEqualTo(ReasonCode.WRONG_SHAPE);
  }

  @Test
  void name_with_one_forbidden_address_among_good_ones_is_refused() {
    AddressGuard mixed =
        new AddressGuard(
            List.of(),
            host ->
                new InetAddress[] {
                  InetAddress.getByName("93.184.216.34"), InetAddress.getByName("10.0.0.1")
                });

    assertThat(
            catchThrowableOfType(
                InvalidInputException.class, () -> mixed.target("https://hook.example/")))
        .isNotNull();
  }

  @Test
  void name_that_is_not_known_now_is_let_through_for_later() {
    AddressGuard offline =
        new AddressGuard(
            List.of(),
            host -> {
              throw new UnknownHostException(host);
            });

    assertThat(offline.target("https://hook.example/")).hasHost("hook.example");
  }

  @Test
  void allowed_network_is_let_through_and_its_neighbour_is_not() {
    AddressGuard site = new AddressGuard(List.of("10.1.0.0/16", "fd00:1::/32"));

    assertThat(site.target("http://10.1.255.1/")).hasHost("10.1.255.1");
    assertThat(site.target("http://[fd00:1::5]/")).hasHost("[fd00:1::5]");
    assertThat(
            catchThrowableOfType(
                InvalidInputException.class, () -> site.target("http://10.2.0.1/")))
        .isNotNull();
  }

  @Test
  void network_that_is_none_is_refused_without_asking_a_resolver() {
    assertThat(
            catchThrowableOfType(
                IllegalArgumentException.class, () -> new AddressGuard(List.of("example.org"))))
        .hasMessageContaining("no network");
    assertThat(
            catchThrowableOfType(
                IllegalArgumentException.class, () -> new AddressGuard(List.of("10.0.0.0/33"))))
        .hasMessageContaining("no network");
  }
}
