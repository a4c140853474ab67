package io.foretell.diagnostics.obd;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a unit and scaling identifier says of a 16-bit value of service 06: raw × {@code times} +
 * {@code plus}. SAE J1979 annex E. Identifiers from 80 up are two's complement.
 */
record UnitAndScaling(boolean signed, double times, double plus, String unit) {
  private static final String TABLE =
      """
      01 1 count|02 0.1 count|03 0.01 count|04 0.001 count|05 0.0000305 count|06 0.000305 count
      07 0.25 rpm|08 0.01 km/h|09 1 km/h|0A 0.122 mV|0B 0.001 V|0C 0.01 V|0D 0.00390625 mA
      0E 0.001 A|0F 0.01 A|10 1 ms|11 100 ms|12 1 s|13 0.001 Ohm|14 1 Ohm|15 1000 Ohm
      16 0.1 degC -40|17 0.01 kPa|18 0.0117 kPa|19 0.079 kPa|1A 1 kPa|1B 10 kPa|1C 0.01 degree
      1D 0.5 degree|1E 0.0000305 lambda|1F 0.05 A/F|20 0.00390625 ratio|21 0.001 Hz|22 1 Hz
      23 1000 Hz|24 1 count|25 1 km|26 0.0001 V/ms|27 0.01 g/s|28 1 g/s|29 0.25 Pa/s|2A 0.001 kg/h
      2B 1 switches|2C 0.01 g/cylinder|2D 0.01 mg/stroke|2E 1 true/false|2F 0.01 %|30 0.001526 %
      31 0.001 L|32 0.0000305 inch|33 0.00024414 ratio|34 1 min|35 0.01 s|36 0.01 g|37 0.1 g|38 1 g
      39 0.01 % -327.68|3A 0.001 g|3B 0.0001 g|3C 0.0000001 s|3D 0.00001 A|3E 0.00006103516 mm2
      3F 0.01 L|40 1 ppm|41 0.00000001 A
      81 1 count|82 0.1 count|83 0.01 count|84 0.001 count|85 0.0000305 count|86 0.000305 count
      87 1 ppm|8A 0.122 mV|8B 0.001 V|8C 0.01 V|8D 0.00390625 mA|8E 0.001 A|90 1 ms|96 0.1 degC
      99 0.1 kPa|9C 0.01 degree|9D 0.5 degree|A8 1 g/s|A9 0.25 Pa/s|AD 0.01 mg/stroke
      AE 0.1 mg/stroke|AF 0.01 %|B0 0.003052 %|B1 0.002 V/s|FC 0.01 kPa|FD 0.001 kPa|FE 0.25 Pa
      """;
  private static final Map<Integer, UnitAndScaling> BY_ID = new HashMap<>();

  static {
    for (String entry : TABLE.strip().split("[|\\n]+")) {
      String[] word = entry.split(" ");
      int id = Integer.parseInt(word[0], 16);
      double plus = word.length > 3 ? Double.parseDouble(word[3]) : 0;
      BY_ID.put(id, new UnitAndScaling(id >= 0x80, Double.parseDouble(word[1]), plus, word[2]));
    }
  }

  /** The scaling of an identifier; null where it is reserved. */
  static @Nullable UnitAndScaling of(int id) {
    return BY_ID.get(id);
  }

  double value(int raw) {
    return (signed ? (short) raw : raw) * times + plus;
  }
}
