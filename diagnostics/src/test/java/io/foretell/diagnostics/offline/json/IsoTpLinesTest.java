package io.foretell.diagnostics.offline.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.diagnostics.isotp.IsoTp;
import io.foretell.diagnostics.isotp.IsoTpMessage;
import io.foretell.diagnostics.packed.Packer;
import io.foretell.diagnostics.packed.Unpacker;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IsoTpLinesTest {
  private static final int MOST = 64;
  private static final int LONGEST = 1 << 16;
  private static final long SILENCE = 2_500_000;

  @Test
  void captures_decode_to_expected_payloads_and_defects() {
    List<String> lines = Vectors.lines("isotp_vectors/isotp_sessions.jsonl.gz");
    List<JsonNode> expected =
        Vectors.json(lines).stream().map(node -> node.get("expected")).toList();

    List<JsonNode> decoded = Vectors.decode(Kind.ISOTP, lines);

    assertThat(decoded).hasSize(600).isEqualTo(expected);
  }

  @Test
  void captures_that_are_cut_anywhere_give_the_messages_of_the_whole() {
    Random random = new Random(11);
    int open = 0;
    int whole = 0;
    for (JsonNode capture : Vectors.json(Vectors.lines("isotp_vectors/isotp_sessions.jsonl.gz"))) {
      String addressing = capture.path("addressing").asText("normal");
      boolean addressed = addressing.equals("extended") || addressing.equals("mixed");
      IsoTp uncut = new IsoTp(MOST, LONGEST);
      IsoTp cut = IsoTp.ofOpen(MOST, LONGEST, SILENCE);
      List<String> expected = new ArrayList<>();
      List<String> found = new ArrayList<>();
      for (JsonNode frame : capture.get("frames")) {
        take(uncut, addressed, frame.asText(), expected);
        take(cut, addressed, frame.asText(), found);
        if (random.nextInt(3) == 0) {
          open += cut.openMessages();
          Packer kept = new Packer();
          cut.pack(kept);
          cut = IsoTp.ofOpen(MOST, LONGEST, SILENCE);
          cut.unpack(new Unpacker(kept.toBytes()));
        }
      }
      assertThat(found).isEqualTo(expected);
      whole += found.size();
    }
    assertThat(whole).isGreaterThan(600);
    assertThat(open).isGreaterThan(1000);
  }

  private static void take(IsoTp isoTp, boolean addressed, String text, List<String> to) {
    int hash = text.indexOf('#');
    int id = (int) Long.parseLong(text.substring(0, hash), 16) | (hash > 3 ? 1 << 31 : 0);
    byte[] data = HexFormat.of().parseHex(text.substring(hash + 1));
    if (addressed) {
      isoTp.extendedFrame("", id, data, 0, data.length, message -> put(message, to));
    } else {
      isoTp.frame("", id, data, 0, data.length, message -> put(message, to));
    }
  }

  private static void put(IsoTpMessage message, List<String> to) {
    if (message.defect().isEmpty()) {
      to.add(message.id() + " " + HexFormat.of().formatHex(message.payload()));
    }
  }
}
