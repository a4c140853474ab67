package io.foretell.diagnostics.offline.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.diagnostics.signals.FrameDecoder;
import io.foretell.diagnostics.signals.FrameSession;
import io.foretell.diagnostics.signals.Manifest;
import io.foretell.proto.ReasonCode;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * A candump to named signals by a decoder manifest: {@code {"t","ch","signals":{name: value}}} a
 * frame, nothing where the manifest does not know the frame.
 */
final class SignalLines implements LineDecoder {
  private final Manifest manifest;
  private final FrameSession session;
  private final CandumpLine frame = new CandumpLine();

  SignalLines(Manifest manifest) {
    this.manifest = manifest;
    this.session = new FrameSession(new FrameDecoder(manifest));
  }

  @Override
  public void line(String line, Consumer<String> out) {
    if (!frame.read(line)) {
      return;
    }
    ObjectNode signals = Json.object();
    byte[] data = Arrays.copyOf(frame.data, frame.length);
    session.frame(
        frame.bus, frame.micros, frame.id, data, (name, value) -> signals.put(name, value));
    if (!signals.isEmpty()) {
      ObjectNode node = Json.object();
      node.put("t", BigDecimal.valueOf(frame.micros, 6));
      node.put("ch", frame.bus);
      node.set("signals", signals);
      out.accept(Json.text(node));
    }
  }

  @Override
  public List<String> notices() {
    return manifest.notices().stream().map(SignalLines::notice).toList();
  }

  private static String notice(String detail) {
    ObjectNode node = Json.object();
    node.put("warning", ReasonCode.WRONG_SHAPE.name());
    node.put("detail", detail);
    return Json.text(node);
  }
}
