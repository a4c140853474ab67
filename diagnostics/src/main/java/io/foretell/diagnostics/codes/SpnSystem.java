package io.foretell.diagnostics.codes;

import java.util.Locale;
import java.util.regex.Pattern;

/** Where an SPN belongs, by the words of its name: SAE J1939 has no structure that would say so. */
enum SpnSystem {
  AFTERTREATMENT(
      "Exhaust aftertreatment",
      "排气后处理",
      "aftertreatment|exhaust|catalyst|particulate|scr |nox|diesel exhaust fluid"),
  ENGINE(
      "Engine",
      "发动机",
      "engine|fuel|coolant|intake|turbo|injector|crankshaft|camshaft|boost|throttle|accelerator"
          + "|oil pressure"),
  TRANSMISSION("Transmission", "变速器", "transmission|clutch|gear|torque converter|driveline"),
  BRAKES("Brakes and wheels", "制动与车轮", "brake|abs|wheel|tire|axle|steering|suspension"),
  ELECTRICAL("Electrical supply", "供电", "battery|alternator|charging|voltage|power supply|ecu"),
  NETWORK("Network", "网络通信", "network|j1939|source address|can "),
  OTHER("Vehicle or machine", "车辆或机器", "");

  private final String english;
  private final String chinese;
  private final Pattern words;

  SpnSystem(String english, String chinese, String words) {
    this.english = english;
    this.chinese = chinese;
    this.words = Pattern.compile(words);
  }

  static SpnSystem of(String name) {
    String lower = name.toLowerCase(Locale.ROOT) + " ";
    for (SpnSystem system : values()) {
      if (system.words.matcher(lower).find()) {
        return system;
      }
    }
    return OTHER;
  }

  String in(Language language) {
    return language == Language.CHINESE ? chinese : english;
  }
}
