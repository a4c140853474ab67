package io.foretell.diagnostics.codes;

import io.foretell.proto.Fault;
import io.foretell.proto.Severity;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of fault codes: text, system, failure type, probable causes, first check, severity,
 * and whether to drive on. Immutable once made; one instance serves all threads.
 *
 * <p>Sources: the tables beside this class (see NOTICE there). A code that they do not have gets a
 * text built from its structure (SAE J2012 clause 4, SAE J1939-73 appendix A).
 */
public final class CodeBook {
  /** First SPN that makers give themselves, SAE J1939 appendix A. */
  private static final int FIRST_MAKER_SPN = 520_192;

  /** Oil pressure, coolant temperature, coolant level: the engine does not survive them. */
  private static final Set<Integer> VITAL_SPNS = Set.of(100, 110, 111);

  private final CodeNames names = new CodeNames();
  private final AdviceTable advice = new AdviceTable();

  /** Reads the tables: make one and share it. */
  public CodeBook() {}

  /** How many codes and SPNs it has a text for. */
  public int size() {
    return names.size();
  }

  /** Whether an SPN has a name in the tables; how plausible a decoding is. */
  public boolean knowsSpn(int spn) {
    return names.hasSpn(spn);
  }

  /** A failure mode identifier (SAE J1939-73) in words; empty for -1. */
  public String fmi(int fmi, Language language) {
    return names.fmi(fmi, language);
  }

  /** A failure type byte (SAE J2012-DA) in words; empty for -1. */
  public String failureType(int type, Language language) {
    return names.failureType(type, language);
  }

  /** One line for a person, in English; never empty. */
  public String title(Notation code) {
    return text(code, Language.ENGLISH);
  }

  /** What a code means, as it is without a device: no lamp, active. */
  public Explanation explain(Notation code, Language language) {
    return explain(code, Fault.TEST_FAILED | Fault.CONFIRMED, Fault.Lamp.NONE, language);
  }

  /** What a device's fault means. */
  public Explanation explain(Fault fault, Language language) {
    return explain(notation(fault), fault.status(), fault.lamp(), language);
  }

  /**
   * How bad a fault is. The first rule that speaks decides:
   *
   * <ol>
   *   <li>neither failing, pending nor confirmed: INFO
   *   <li>red stop lamp while active: CRITICAL
   *   <li>oil pressure, coolant temperature or level most severely out (SPN 100, 110, 111 with FMI
   *       0 or 1): CRITICAL
   *   <li>the narrowest row of {@code advice.tsv} that names a severity; otherwise MINOR
   *   <li>malfunction or amber lamp on, or warning indicator requested: at least MAJOR
   *   <li>stored but not active now: at most MINOR
   * </ol>
   */
  public Severity severity(Fault fault) {
    Notation code = notation(fault);
    return severity(code, fault.status(), fault.lamp(), rows(code));
  }

  /** The notation of a fault in normal form. */
  public static Notation notation(Fault fault) {
    return new Notation(fault.family(), fault.code(), fault.subType());
  }

  private Explanation explain(Notation code, int status, Fault.Lamp lamp, Language language) {
    List<Advice> rows = rows(code);
    Severity severity = severity(code, status, lamp, rows);
    return new Explanation(
        code,
        known(code),
        text(code, language),
        system(code, language),
        failureType(code, language),
        code.isJ2012() ? names.makers(J2012.number(code.code())) : Map.of(),
        causes(code, rows, language),
        firstCheck(rows, language),
        severity,
        drive(severity, rows));
  }

  private List<Advice> rows(Notation code) {
    return advice.of(code, text(code, Language.ENGLISH));
  }

  private boolean known(Notation code) {
    return code.isJ2012()
        ? names.text(J2012.number(code.code())) != null
        : code.spn() >= 0 && names.hasSpn(code.spn());
  }

  private String text(Notation code, Language language) {
    String type = failureType(code, language);
    if (code.isJ2012()) {
      return joined(j2012Text(code, language), type, language);
    }
    if (code.spn() >= 0) {
      return joined(spnText(code.spn(), language), type, language);
    }
    String maker = code.code().isEmpty() ? "?" : code.code();
    return (language == Language.CHINESE ? "厂家故障码 " : "Maker's code ") + maker;
  }

  private String j2012Text(Notation code, Language language) {
    String text = names.text(J2012.number(code.code()));
    String system = names.system(code.code(), language);
    if (language == Language.CHINESE) {
      return system + " " + code.code() + (text == null ? "" : "（" + text + "）");
    }
    return text != null ? text : system + ", code " + code.code();
  }

  private String spnText(int spn, Language language) {
    String name = names.spn(spn);
    if (language == Language.CHINESE) {
      String own = spn >= FIRST_MAKER_SPN ? "（厂家自定义）" : "";
      return SpnSystem.of(name == null ? "" : name).in(language)
          + " SPN "
          + spn
          + (name == null ? own : "（" + name + "）");
    }
    return name != null ? name : "SPN " + spn + (spn >= FIRST_MAKER_SPN ? " (maker's own)" : "");
  }

  private static String joined(String what, String how, Language language) {
    return how.isEmpty() ? what : what + (language == Language.CHINESE ? "：" : ": ") + lower(how);
  }

  private static String lower(String words) {
    boolean sentence = words.length() > 1 && Character.isLowerCase(words.charAt(1));
    return sentence ? Character.toLowerCase(words.charAt(0)) + words.substring(1) : words;
  }

  private String system(Notation code, Language language) {
    if (code.isJ2012()) {
      return names.system(code.code(), language);
    }
    String name = code.spn() < 0 ? null : names.spn(code.spn());
    return name == null ? "" : SpnSystem.of(name).in(language);
  }

  private String failureType(Notation code, Language language) {
    return code.spn() >= 0
        ? names.fmi(code.subType(), language)
        : code.isJ2012() ? names.failureType(code.subType(), language) : "";
  }

  private List<String> causes(Notation code, List<Advice> rows, Language language) {
    if (language == Language.ENGLISH && code.isJ2012()) {
      List<String> own = names.causes(J2012.number(code.code()));
      if (!own.isEmpty()) {
        return own;
      }
    }
    return rows.isEmpty() ? List.of() : rows.get(0).in(language).causes();
  }

  private static String firstCheck(List<Advice> rows, Language language) {
    return rows.isEmpty() ? "" : rows.get(0).in(language).firstCheck();
  }

  private static Severity severity(Notation code, int status, Fault.Lamp lamp, List<Advice> rows) {
    boolean active = (status & (Fault.TEST_FAILED | Fault.PENDING)) != 0;
    if (!active && (status & Fault.CONFIRMED) == 0) {
      return Severity.INFO;
    }
    boolean worst = code.subType() == 0 || code.subType() == 1;
    boolean vital = worst && VITAL_SPNS.contains(code.spn());
    if (active && (lamp == Fault.Lamp.RED_STOP || vital)) {
      return Severity.CRITICAL;
    }
    Severity severity = first(rows);
    boolean warned =
        (status & Fault.WARNING_INDICATOR) != 0
            || lamp == Fault.Lamp.MALFUNCTION
            || lamp == Fault.Lamp.AMBER;
    if (warned && severity.compareTo(Severity.MAJOR) < 0) {
      severity = Severity.MAJOR;
    }
    return !active && severity.compareTo(Severity.MINOR) > 0 ? Severity.MINOR : severity;
  }

  private static Severity first(List<Advice> rows) {
    for (Advice row : rows) {
      @Nullable Severity severity = row.severity();
      if (severity != null) {
        return severity;
      }
    }
    return Severity.MINOR;
  }

  private static Drive drive(Severity severity, List<Advice> rows) {
    if (severity == Severity.CRITICAL) {
      return Drive.NO;
    }
    for (Advice row : rows) {
      @Nullable Drive drive = row.drive();
      if (drive != null) {
        return drive;
      }
    }
    // Of what nobody knows, nobody can say that it is safe.
    return Drive.LIMITED;
  }
}
