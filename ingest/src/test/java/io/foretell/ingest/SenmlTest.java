package io.foretell.ingest;

import static io.foretell.ingest.Bench.NOW;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Reject;
import io.foretell.proto.UplinkKind;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** SenML (RFC 8428) in both notations. */
final class SenmlTest {
  private static final String JSON = "application/senml+json";
  private static final String CBOR = "application/senml+cbor";

  /** RFC 8428 section 5.1.2, with its time brought into the window. */
  private static final String PACK =
      "[{\"bn\":\"urn:dev:ow:10e2073a01080063:\",\"bt\":1795308448.257,\"bu\":\"A\",\"bver\":5,"
          + "\"n\":\"voltage\",\"u\":\"V\",\"v\":120.1},"
          + "{\"n\":\"current\",\"t\":-5,\"v\":1.2},{\"n\":\"current\",\"t\":-4,\"v\":1.3}]";

  /** The same records with the numbers of section 6 for labels, by hand. */
  private static final byte[] CBOR_PACK =
      HexFormat.of()
          .parseHex(
              "82"
                  + "a4" // base name, base time, name, value
                  + "21"
                  + "64"
                  + hex("dev:")
                  + "22"
                  + "fb"
                  + hex(1795308448.257)
                  + "00"
                  + "67"
                  + hex("voltage")
                  + "02"
                  + "fb"
                  + hex(120.1)
                  + "a3"
                  + "00"
                  + "67"
                  + hex("current")
                  + "06"
                  + "24" // -5
                  + "04"
                  + "f5");

  private final Bench bench = new Bench();

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(UTF_8));
  }

  private static String hex(double number) {
    return String.format("%016x", Double.doubleToLongBits(number));
  }

  private void json(String body) {
    bench.send(UplinkKind.TELEMETRY, JSON, body.getBytes(UTF_8));
  }

  @Test
  void pack_in_json_is_resolved_with_its_base_fields() {
    json(PACK);

    assertThat(bench.samples())
        .containsExactly(
            "urn.dev.ow.10e2073a01080063.voltage@0=120.1",
            "urn.dev.ow.10e2073a01080063.current@-5000=1.2",
            "urn.dev.ow.10e2073a01080063.current@-4000=1.3");
  }

  @ParameterizedTest
  @ValueSource(strings = {CBOR, "application/senml+cbor; v=1", "", "application/octet-stream"})
  void pack_in_cbor_is_resolved_by_numbers(String type) {
    bench.send(UplinkKind.TELEMETRY, type, CBOR_PACK);

    assertThat(bench.samples()).containsExactly("dev.voltage@0=120.1", "dev.current@-5000=1.0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "application/json"})
  void pack_that_states_only_json_is_recognised(String type) {
    bench.send(UplinkKind.TELEMETRY, type, PACK.getBytes(UTF_8));

    assertThat(bench.samples()).hasSize(3);
  }

  @Test
  void plain_json_array_stays_plain() {
    bench.send(UplinkKind.TELEMETRY, "", "[{\"n\":1,\"v\":2}]".getBytes(UTF_8));

    assertThat(bench.samples()).containsExactly("n@0=1.0", "v@0=2.0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[{'n':'a','v':1}]|a@0=1.0",
        "[{'n':'a','v':1,'t':-2.5}]|a@-2500=1.0",
        "[{'bn':'a','bv':10,'v':1},{'n':'b'}]|NO",
        "[{'bn':'a','bv':10,'v':1},{'n':'b','v':2}]|a@0=11.0,ab@0=12.0",
        "[{'bn':'d/'},{'n':'a','vb':false}]|d/a@0=0.0",
        "[{'n':'a','s':7}]|a.sum@0=7.0",
        "[{'n':'a','v':1,'ut':60,'u':'Cel','link':'x','x':{'y':[1]}}]|a@0=1.0"
      })
  void pack_is_read_as_the_standard_says(String body, String expected) {
    json(body.replace('\'', '"'));

    assertThat(expected.equals("NO") ? "NO" : String.join(",", bench.samples()))
        .isEqualTo(expected);
    assertThat(bench.rejects.isEmpty()).isEqualTo(!expected.equals("NO"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|WRONG_SHAPE",
        "[]|WRONG_SHAPE",
        "[1]|WRONG_SHAPE",
        "[{'v':1}]|WRONG_SHAPE",
        "[{'n':'a'}]|WRONG_SHAPE",
        "[{'n':'a','v':'1'}]|WRONG_SHAPE",
        "[{'n':'a','vs':'on'}]|WRONG_SHAPE",
        "[{'n':'a','vd':'AAAA'}]|WRONG_SHAPE",
        "[{'n':'a','v':1,'vb':true}]|WRONG_SHAPE",
        "[{'n':'a','n':'b','v':1}]|WRONG_SHAPE",
        "[{'n':'a','v':1,'key_':1}]|WRONG_SHAPE",
        "[{'bver':11,'n':'a','v':1}]|WRONG_SHAPE",
        "[{'bver':5,'n':'a','v':1},{'bver':6}]|WRONG_SHAPE",
        "[{'n':'a','v':1,'t':1e300}]|WRONG_SHAPE",
        "[{'n':'a','v':1e999}]|WRONG_SHAPE",
        "[{'n':'a b','v':1}]|INVALID_NAME",
        "[{'n':'a','v':1},{'n':'b','v':1,'t':4000000000}]|TIME_IN_FUTURE",
        "[{'n':'a','v':1}|MALFORMED_JSON",
        "[{'n':'a','v':1}] x|MALFORMED_JSON"
      })
  void pack_that_is_wrong_gets_its_reason(String body, ReasonCode reason) {
    json(body.replace('\'', '"'));

    assertThat(bench.telemetry).isEmpty();
    assertThat(bench.rejects).extracting(Reject::reason).containsExactly(reason);
  }

  @Test
  void senml_is_telemetry_alone() {
    bench.send(UplinkKind.FAULTS, CBOR, CBOR_PACK);

    assertThat(bench.rejects)
        .extracting(Reject::reason)
        .containsExactly(ReasonCode.UNSUPPORTED_CONTENT_TYPE);
  }

  @Test
  void notation_that_is_not_the_stated_one_is_refused() {
    bench.send(UplinkKind.TELEMETRY, JSON, CBOR_PACK);
    bench.send(UplinkKind.TELEMETRY, CBOR, PACK.getBytes(UTF_8));

    assertThat(bench.telemetry).isEmpty();
    assertThat(bench.rejects).hasSize(2);
  }

  /** Few bytes that claim or cost much; each must end at once, with a reason. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "9b7fffffffffffffff", // an array of 2^63 records
        "81bb7fffffffffffffff", // a map of as many fields
        "81a1007b7fffffffffffffff61", // a name of as many bytes
        "81a1085b000000007fffffff00", // data of 2 GiB
        "81a2006161025b000000007fffffff00",
        "81a200616102c25a7fffffff00", // a bignum of 2 GiB
        "9f9f9f9f9f9f", // indefinite arrays that do not end
        "81a10060",
        "81a1",
        "81",
        "80",
        "ff",
        "81a1f6f6",
        "81a20061610" + "2f97e00" // not a number
      })
  void cbor_bomb_is_refused_at_once(String hex) {
    bench.send(UplinkKind.TELEMETRY, CBOR, HexFormat.of().parseHex(hex));

    assertThat(bench.telemetry).isEmpty();
    assertThat(bench.rejects).hasSize(1);
    assertThat(bench.rejects).extracting(Reject::reason).doesNotContain(ReasonCode.INTERNAL);
  }

  @Test
  void nesting_without_end_is_refused() {
    for (int b : new int[] {0x81, 0xA1, 0xC1, 0x9F}) {
      byte[] deep = new byte[1 << 20];
      Arrays.fill(deep, (byte) b);
      bench.send(UplinkKind.TELEMETRY, CBOR, deep);
    }
    byte[] deep = new byte[1 << 20];
    Arrays.fill(deep, (byte) '[');
    bench.send(UplinkKind.TELEMETRY, JSON, deep);

    assertThat(bench.telemetry).isEmpty();
    assertThat(bench.rejects).hasSize(5);
    assertThat(bench.rejects).extracting(Reject::reason).doesNotContain(ReasonCode.INTERNAL);
  }

  @Test
  void base_name_that_would_be_repeated_without_end_is_refused() {
    String name = "a".repeat(500_000);
    StringBuilder body = new StringBuilder("[{\"bn\":\"" + name + "\",\"n\":\"0\",\"v\":1}");
    for (int i = 1; i < 20_000; i++) {
      body.append(",{\"n\":\"").append(i).append("\",\"v\":1}");
    }
    json(body.append(']').toString());

    assertThat(bench.rejects).extracting(Reject::reason).containsExactly(ReasonCode.INVALID_NAME);
  }

  @Property(tries = 400)
  void damaged_pack_gives_telemetry_or_exactly_one_reject(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 8) int changes, @ForAll boolean binary) {
    byte[] pack = binary ? CBOR_PACK.clone() : PACK.getBytes(UTF_8);
    byte[] damaged = damaged(pack, new Random(seed), changes);

    Bench fresh = new Bench().send(UplinkKind.TELEMETRY, binary ? CBOR : JSON, damaged);

    assertThat(fresh.telemetry.size() + fresh.rejects.size()).isEqualTo(1);
    assertThat(fresh.rejects).extracting(Reject::reason).doesNotContain(ReasonCode.INTERNAL);
  }

  @Property(tries = 200)
  void both_notations_say_the_same(
      @ForAll @IntRange(min = 0, max = 1_000_000) int value,
      @ForAll @IntRange(min = -100_000, max = 0) int time)
      throws Exception {
    String body = "[{\"bn\":\"x.\",\"bt\":%d},{\"n\":\"y\",\"v\":%d}]".formatted(time, value);
    byte[] cbor = new CBORMapper().writeValueAsBytes(new ObjectMapper().readTree(body));

    Bench one = new Bench().send(UplinkKind.TELEMETRY, JSON, body.getBytes(UTF_8));
    Bench other = new Bench().send(UplinkKind.TELEMETRY, CBOR, cbor);

    assertThat(one.samples()).containsExactly("x.y@" + time * 1000L + "=" + value + ".0");
    assertThat(other.samples()).isEqualTo(one.samples());
    assertThat(one.telemetry.get(0).time()).isEqualTo(NOW + time * 1000L);
  }

  /** Bytes changed, cut out and doubled. */
  static byte[] damaged(byte[] good, Random random, int changes) {
    byte[] bytes = good;
    for (int i = 0; i < changes && bytes.length > 1; i++) {
      int at = random.nextInt(bytes.length);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      int kind = random.nextInt(4);
      out.write(bytes, 0, at);
      if (kind == 0) {
        out.write(random.nextInt(256));
      } else if (kind == 1) {
        out.write(bytes[at] ^ 1 << random.nextInt(8));
      } else if (kind == 2) {
        out.write(bytes, at, bytes.length - at);
      }
      int rest = Math.min(at + 1, bytes.length);
      out.write(bytes, rest, bytes.length - rest);
      bytes = out.size() == 0 ? bytes : out.toByteArray();
    }
    return bytes;
  }
}
