package io.foretell.diagnostics.episodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.diagnostics.codes.CodeBook;
import io.foretell.diagnostics.codes.Notation;
import io.foretell.proto.Fault;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Which monitor watches a code, held against the titles that codes have. */
class MonitorTest {
  private static final int ALL = -1;
  private static final int LAST_SPN = 8_000;

  /** What the title of a code says that is watched by them. */
  private static final Map<Integer, Pattern> TITLES =
      Map.ofEntries(
          title("Misfire", Monitor.MISFIRE),
          title("Fuel Trim|System Too (Lean|Rich)", Monitor.FUEL_SYSTEM),
          title("^Catalyst .*Efficiency", Monitor.CATALYST, Monitor.NMHC_CATALYST),
          title("Heated Catalyst", Monitor.HEATED_CATALYST),
          title("^EVAP", Monitor.EVAPORATIVE),
          title("^AIR System", Monitor.SECONDARY_AIR),
          title("^O2 Sensor (Circuit|(Slow|Delayed) Response)", Monitor.EXHAUST_SENSOR),
          title("(HO2S|O2 Sensor) Heater", Monitor.EXHAUST_SENSOR_HEATER),
          title("EGR|Camshaft Position", Monitor.EGR_VVT),
          title("(Over|Under)boost", Monitor.BOOST_PRESSURE),
          title("Particulate|DPF", Monitor.PARTICULATE_FILTER),
          title("NOx|SCR", Monitor.NOX_CATALYST));

  private final CodeBook book = new CodeBook();

  @Test
  void code_of_a_monitor_has_a_title_that_names_its_system() {
    int watched = 0;
    for (int code = 0; code < 0x4000; code++) {
      watched += named("obd", "P%04X".formatted(code));
    }
    // That no range is passed over: the ranges hold this many codes that have titles.
    assertThat(watched).isEqualTo(174);
  }

  @Test
  void parameter_of_a_monitor_has_a_title_that_names_its_system() {
    int watched = 0;
    for (int spn = 0; spn < LAST_SPN; spn++) {
      watched += named("j1939", "SPN " + spn);
    }
    assertThat(watched).isEqualTo(17);
  }

  /** 1 where the code has monitors of its own. */
  private int named(String family, String code) {
    Fault fault = new Fault(family, "", code, -1, 9, Fault.Lamp.NONE, 0, Map.of(), "");
    int watching = Monitor.watching(fault, ALL);
    if (watching == ALL) {
      return 0;
    }
    int own = watching & ~Monitor.COMPONENTS.bit();
    assertThat(TITLES).as(code).containsKey(own);
    assertThat(book.title(Notation.of(code))).as(code).containsPattern(TITLES.get(own));
    return 1;
  }

  private static Map.Entry<Integer, Pattern> title(String words, Monitor... monitors) {
    int mask = 0;
    for (Monitor monitor : monitors) {
      mask |= monitor.bit();
    }
    return Map.entry(mask, Pattern.compile(words, Pattern.CASE_INSENSITIVE));
  }
}
