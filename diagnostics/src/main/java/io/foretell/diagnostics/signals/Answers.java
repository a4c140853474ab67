package io.foretell.diagnostics.signals;

import io.foretell.diagnostics.isotp.IsoTpMessage;
import io.foretell.diagnostics.obdb.ObdbCommand;
import io.foretell.diagnostics.obdb.ObdbSignal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The answers of control units that a bus's signal sets can read. Who asked does not matter: it is
 * the bus that is listened to. Of an answer to several parameters the first is read. A state goes
 * by its raw number, as history holds numbers.
 */
final class Answers {
  private static final int TESTER = 0xF1;
  private static final int MOST_IDENTIFIERS = 4096;

  private final List<Known> commands = new ArrayList<>();

  /** By identifier, as far as they were heard; bounded, since any identifier may be on a bus. */
  private final Map<Integer, List<Known>> byId = new ConcurrentHashMap<>();

  private record Known(
      ObdbCommand command, byte[] prefix, int extension, @Nullable Mapped[] names) {}

  Answers(Manifest.Bus bus) {
    for (ObdbCommand command : bus.answers()) {
      @Nullable Mapped[] names = new Mapped[command.signals().size()];
      for (int i = 0; i < names.length; i++) {
        String id = command.signals().get(i).id();
        Mapped to = bus.mapping().get(id);
        names[i] = to != null || bus.mappedOnly() ? to : new Mapped(FrameDecoder.nameOf(id), 1, 0);
      }
      String extension = command.extension();
      commands.add(
          new Known(
              command,
              command.answer(),
              extension.isEmpty() ? -1 : HexFormat.fromHexDigits(extension),
              names));
    }
  }

  /** Whether a control unit answers with that identifier. */
  boolean hear(int id) {
    return !of(id).isEmpty();
  }

  /** Whether the answers of that identifier have an address byte in front. */
  boolean extended(int id) {
    return of(id).stream().anyMatch(known -> known.extension() >= 0);
  }

  private List<Known> of(int id) {
    List<Known> known = byId.get(id);
    if (known == null) {
      known = commands.stream().filter(one -> one.command().isAnsweredBy(id)).toList();
      if (byId.size() < MOST_IDENTIFIERS) {
        byId.put(id, known);
      }
    }
    return known;
  }

  /** Hands over the signals of a whole answer. */
  void read(IsoTpMessage answer, FrameDecoder.Receiver to) {
    byte[] payload = answer.payload();
    Map<String, Double> values = new HashMap<>();
    for (Known known : of(answer.id())) {
      byte[] prefix = known.prefix();
      boolean meant =
          known.extension() < 0
              || answer.extension() == known.extension()
              || answer.extension() == TESTER;
      if (meant
          && payload.length >= prefix.length
          && Arrays.equals(payload, 0, prefix.length, prefix, 0, prefix.length)) {
        read(known, Arrays.copyOfRange(payload, prefix.length, payload.length), values);
      }
    }
    values.forEach(to::signal);
  }

  private static void read(Known known, byte[] data, Map<String, Double> to) {
    List<ObdbSignal> signals = known.command().signals();
    for (int i = 0; i < signals.size(); i++) {
      ObdbSignal signal = signals.get(i);
      @Nullable Mapped name = known.names()[i];
      if (name != null && signal.in(data)) {
        long raw = signal.raw(data);
        double value = signal.enumerated() ? raw : signal.value(raw);
        value = value * name.factor() + name.offset();
        if (Double.isFinite(value)) {
          to.putIfAbsent(name.name(), value);
        }
      }
    }
  }
}
