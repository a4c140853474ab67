package io.foretell.diagnostics.codes;

import io.foretell.diagnostics.industrial.CanOpenEmergency;
import io.foretell.diagnostics.industrial.Ne107;
import io.foretell.diagnostics.industrial.StatusText;
import io.foretell.diagnostics.industrial.Texts;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the status words of industrial standards mean, in both languages. */
final class StatusWords {
  private record Names(String english, String chinese) {}

  private static final Map<String, Names> FAMILIES =
      Map.of(
          "ne107", new Names("Instrument (NAMUR NE107)", "仪表（NAMUR NE107）"),
          "hart", new Names("HART device", "HART 设备"),
          "profibus", new Names("PROFIBUS PA device", "PROFIBUS PA 设备"),
          "iolink", new Names("IO-Link device", "IO-Link 设备"),
          "opcua", new Names("OPC UA data source", "OPC UA 数据源"),
          "canopen", new Names("CANopen node", "CANopen 节点"),
          "modbus", new Names("Modbus device", "Modbus 设备"),
          "cip", new Names("CIP device", "CIP 设备"));

  private StatusWords() {}

  static @Nullable StatusText find(Notation code) {
    StatusText text = Texts.find(code.family(), code.code());
    if (text == null && code.family().equals(CanOpenEmergency.FAMILY)) {
      String key = CanOpenEmergency.key(number(code.code()));
      return key.isEmpty() ? null : Texts.find(code.family(), key);
    }
    return text;
  }

  /** A status that no table has is held for a failure: nobody can say that it is none. */
  static Ne107 signal(Notation code) {
    StatusText text = find(code);
    return text == null ? Ne107.FAILURE : text.signal();
  }

  static String text(Notation code, Language language) {
    StatusText text = find(code);
    if (text != null) {
      return language == Language.CHINESE ? text.chinese() : text.english();
    }
    boolean chinese = language == Language.CHINESE;
    return system(code, language) + (chinese ? " 状态 " : ", status ") + code.code();
  }

  static String system(Notation code, Language language) {
    Names names = FAMILIES.get(code.family());
    if (names == null) {
      return "";
    }
    return language == Language.CHINESE ? names.chinese() : names.english();
  }

  /** What to look at first; empty: what the signal says. */
  static String check(Notation code, Language language) {
    StatusText text = find(code);
    if (text == null) {
      return "";
    }
    return language == Language.CHINESE ? text.checkChinese() : text.check();
  }

  private static int number(String code) {
    return code.matches("0x[0-9A-Fa-f]{1,4}") ? Integer.decode(code) : -1;
  }
}
