package io.foretell.diagnostics.codes;

import io.foretell.diagnostics.industrial.Ne107;
import io.foretell.diagnostics.industrial.Texts;
import io.foretell.proto.Fault;
import io.foretell.proto.Severity;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of fault codes: text, system, failure type, probable causes, first check, severity,
 * and whether to drive on. One instance serves all threads.
 *
 * <p>Sources: a user's own tables, then those beside this class (see NOTICE there). A code that
 * none of them has gets a text built from its structure.
 */
public final class CodeBook {
  private static final String NO_ADVICE = "Look up the maker's own description of the code";
  private static final String NO_ADVICE_CHINESE = "查阅厂家对该故障码的说明";

  /** Oil pressure, coolant temperature, coolant level: the engine does not survive them. */
  private static final Set<Integer> VITAL_SPNS = Set.of(100, 110, 111);

  private final CodeNames names = new CodeNames();
  private final Wording wording = new Wording(names);
  private final Once<AdviceTable> advice = new Once<>(AdviceTable::new);
  private final UserCodes user;

  /** The program's own tables, each read when it is first asked: make one and share it. */
  public CodeBook() {
    this(UserCodes.NONE);
  }

  /**
   * The program's own tables behind a user's.
   *
   * @param user what comes first
   */
  public CodeBook(UserCodes user) {
    this.user = user;
  }

  /** How many codes, SPNs and status words it has a text for. */
  public int size() {
    return names.size() + Texts.size() + user.size();
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
    return text(code, user.find(code), Language.ENGLISH);
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
   *   <li>what the user's own table says of an active fault
   *   <li>the narrowest row of {@code advice.tsv} that names a severity; otherwise MINOR
   *   <li>malfunction or amber lamp on, or warning indicator requested: at least MAJOR
   *   <li>stored but not active now: at most MINOR
   * </ol>
   */
  public Severity severity(Fault fault) {
    Notation code = notation(fault);
    return severity(code, fault.status(), fault.lamp(), rows(code), user.find(code));
  }

  /** The notation of a fault in normal form. */
  public static Notation notation(Fault fault) {
    return new Notation(fault.family(), fault.code(), fault.subType());
  }

  private Explanation explain(Notation code, int status, Fault.Lamp lamp, Language language) {
    UserCode own = user.find(code);
    List<Advice> rows = rows(code);
    Severity severity = severity(code, status, lamp, rows, own);
    return new Explanation(
        code,
        own != null || wording.known(code),
        text(code, own, language),
        own != null && !own.system().isEmpty() ? own.system() : wording.system(code, language),
        wording.failureType(code, language),
        makers(code, own),
        causes(code, rows, own, language),
        firstCheck(code, rows, own, language),
        severity,
        drive(severity, rows, own));
  }

  private List<Advice> rows(Notation code) {
    return advice.get().of(code, wording.text(code, Language.ENGLISH));
  }

  private String text(Notation code, @Nullable UserCode own, Language language) {
    if (own == null || !own.make().isEmpty() && wording.known(code)) {
      return wording.text(code, language);
    }
    String type = wording.failureType(code, language);
    String joint = language == Language.CHINESE ? "：" : ": ";
    return own.text(language) + (type.isEmpty() ? "" : joint + type);
  }

  private Map<String, String> makers(Notation code, @Nullable UserCode own) {
    Map<String, String> makers = wording.makers(code);
    if (own == null || own.make().isEmpty()) {
      return makers;
    }
    Map<String, String> all = new TreeMap<>(makers);
    all.put(own.make(), own.text());
    return all;
  }

  private List<String> causes(
      Notation code, List<Advice> rows, @Nullable UserCode own, Language language) {
    if (own != null && !own.in(language).causes().isEmpty()) {
      return own.in(language).causes();
    }
    if (language == Language.ENGLISH && code.isJ2012()) {
      List<String> known = names.causes(J2012.number(code.code()));
      if (!known.isEmpty()) {
        return known;
      }
    }
    return rows.isEmpty() ? List.of() : rows.get(0).in(language).causes();
  }

  private static String firstCheck(
      Notation code, List<Advice> rows, @Nullable UserCode own, Language language) {
    if (own != null && !own.in(language).firstCheck().isEmpty()) {
      return own.in(language).firstCheck();
    }
    String status = code.isStatus() ? StatusWords.check(code, language) : "";
    if (!status.isEmpty()) {
      return status;
    }
    if (rows.isEmpty()) {
      return language == Language.CHINESE ? NO_ADVICE_CHINESE : NO_ADVICE;
    }
    return rows.get(0).in(language).firstCheck();
  }

  private static Severity severity(
      Notation code, int status, Fault.Lamp lamp, List<Advice> rows, @Nullable UserCode own) {
    boolean active = (status & (Fault.TEST_FAILED | Fault.PENDING)) != 0;
    if (!active && (status & Fault.CONFIRMED) == 0) {
      return Severity.INFO;
    }
    boolean worst = code.subType() == 0 || code.subType() == 1;
    boolean vital = worst && VITAL_SPNS.contains(code.spn());
    if (active && (lamp == Fault.Lamp.RED_STOP || vital)) {
      return Severity.CRITICAL;
    }
    @Nullable Severity users = own == null ? null : own.severity();
    if (users != null && active) {
      return users;
    }
    if (code.isStatus() && StatusWords.signal(code) == Ne107.GOOD) {
      return Severity.INFO;
    }
    Severity severity = users != null ? users : first(rows);
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

  private static Drive drive(Severity severity, List<Advice> rows, @Nullable UserCode own) {
    @Nullable Drive users = own == null ? null : own.drive();
    if (users != null) {
      return users;
    }
    if (severity == Severity.INFO && rows.isEmpty()) {
      return Drive.YES;
    }
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
