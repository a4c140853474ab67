package io.foretell.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.proto.ReasonCode;
import io.foretell.proto.Reject;
import io.foretell.proto.UplinkKind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers whose digits would fill the memory, and texts that look like them. */
final class HugeNumbersTest {
  private final Bench bench = new Bench();

  @ParameterizedTest
  @ValueSource(strings = {"1e999999999", "1\\u0065999999999", "1e\\u0039\\u0039999999"})
  void number_that_would_fill_the_memory_is_refused_however_it_is_written(String number) {
    bench.send(
        UplinkKind.REPLIES,
        "{\"origin\": {\"sequence\": \"" + number + "\"}, \"commandId\": \"c\"}");

    assertReasons(ReasonCode.WRONG_SHAPE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "fa4e7420-b298-4801-aaf5-b90c83ffbe23",
        "57e9dd3-1e9999",
        "a \\u0031",
        "12e34567",
        "1e999999999",
        "1\\u0065999999999"
      })
  void text_that_looks_like_such_a_number_is_a_text(String id) {
    bench.send(
        UplinkKind.REPLIES,
        "{\"commandId\": \"%1$s\", \"outcome\": \"DONE\", \"proof\": {\"%1$s\": \"%1$s\"}}"
            .formatted(id));

    assertReasons();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"origin\": {\"sequence\": 1e999999999}, \"commandId\": \"c\"}",
        "{\"time\": \"1E+999999999\", \"commandId\": \"c\"}",
        "{\"command_id\": 1e999999999}",
        "{\"proof\": {\"a\": 1e999999999}}",
        "{\"unknown\": 1e999999999}"
      })
  void number_that_would_fill_the_memory_is_refused_wherever_it_stands(String reply) {
    bench.send(UplinkKind.REPLIES, reply);

    assertReasons(ReasonCode.WRONG_SHAPE);
  }

  private void assertReasons(ReasonCode... reasons) {
    assertThat(bench.rejects).extracting(Reject::reason).containsExactly(reasons);
  }
}
