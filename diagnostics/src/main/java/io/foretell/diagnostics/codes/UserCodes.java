package io.foretell.diagnostics.codes;

import io.foretell.diagnostics.tables.CodeTable;
import io.foretell.diagnostics.tables.TableCode;
import io.foretell.proto.Severity;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A user's own tables of codes: what they say comes before the program's. Immutable.
 *
 * <p>A file {@code *.tsv} has columns with tabs between them; the first line names them, in any
 * order: {@code code} (in any notation), {@code text}, {@code zh}, {@code make}, {@code system},
 * {@code causes} and {@code causes_zh} ({@code |} between them), {@code check}, {@code check_zh},
 * {@code urgency} (info, minor, major, critical), {@code drive} (yes, limited, no). Only {@code
 * code} and {@code text} must be there; lines that begin with {@code #} are passed over.
 */
public final class UserCodes {
  /** No tables. */
  public static final UserCodes NONE = new UserCodes(Map.of(), List.of());

  private static final int MOST_LINES = 1_000_000;

  private final Map<String, UserCode> codes;
  private final List<String> notices;

  private UserCodes(Map<String, UserCode> codes, List<String> notices) {
    this.codes = Map.copyOf(codes);
    this.notices = List.copyOf(notices);
  }

  /**
   * Reads every {@code *.tsv} of a folder, in the order of their names; a later file comes before
   * an earlier one. A line that cannot be read is a notice, and the rest counts.
   *
   * @param tables makers' codes from elsewhere, such as decoder manifests
   */
  public static UserCodes read(Path folder, Collection<CodeTable> tables) throws IOException {
    Map<String, UserCode> codes = new HashMap<>();
    List<String> notices = new ArrayList<>();
    tables.forEach(table -> table.codes().forEach(code -> add(codes, code)));
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        if (file.toString().endsWith(".tsv")) {
          read(file, codes, notices);
        }
      }
    }
    return new UserCodes(codes, notices);
  }

  /** Makers' codes alone. */
  public static UserCodes of(Collection<CodeTable> tables) {
    Map<String, UserCode> codes = new HashMap<>();
    tables.forEach(table -> table.codes().forEach(code -> add(codes, code)));
    return new UserCodes(codes, List.of());
  }

  /** How many codes they have. */
  public int size() {
    return codes.size();
  }

  /** What could not be read: file, line and reason. */
  public List<String> notices() {
    return notices;
  }

  /** What they say of a code: of its very sub-type first. Null where they say nothing. */
  @Nullable UserCode find(Notation code) {
    if (codes.isEmpty()) {
      return null;
    }
    UserCode exact = codes.get(key(code, code.subType()));
    return exact != null ? exact : codes.get(key(code, -1));
  }

  private static String key(Notation code, int subType) {
    String family = code.isJ2012() ? Notation.OBD : code.family();
    return family + " " + code.code() + "/" + subType;
  }

  private static void add(Map<String, UserCode> codes, TableCode code) {
    if (code.code().isEmpty()) {
      return;
    }
    codes.put(
        key(new Notation(Notation.MAKER, code.code(), -1), -1),
        new UserCode(
            "",
            new Advice.Words(code.causes(), code.check()),
            new Advice.Words(List.of(), ""),
            code.text(),
            code.chinese(),
            "",
            code.urgency(),
            null));
  }

  private static void read(Path file, Map<String, UserCode> codes, List<String> notices)
      throws IOException {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (MalformedInputException e) {
      notices.add(file.getFileName() + ": not UTF-8");
      return;
    }
    List<String> columns = List.of();
    for (int i = 0; i < Math.min(lines.size(), MOST_LINES); i++) {
      String line = lines.get(i);
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      if (columns.isEmpty()) {
        columns = Arrays.asList(line.strip().toLowerCase(Locale.ROOT).split("\\s*\t\\s*"));
        if (!columns.contains("code") || !columns.contains("text")) {
          notices.add(file.getFileName() + " line " + (i + 1) + ": no columns code and text");
          return;
        }
        continue;
      }
      String wrong = row(columns, line.split("\t", -1), codes);
      if (!wrong.isEmpty()) {
        notices.add(file.getFileName() + " line " + (i + 1) + ": " + wrong);
      }
    }
  }

  /** What is wrong with a row; empty where it was taken. */
  private static String row(List<String> columns, String[] cells, Map<String, UserCode> codes) {
    Map<String, String> row = new HashMap<>();
    for (int i = 0; i < Math.min(cells.length, columns.size()); i++) {
      row.put(columns.get(i), cells[i].strip());
    }
    String code = row.getOrDefault("code", "");
    String text = row.getOrDefault("text", "");
    if (code.isEmpty() || text.isEmpty()) {
      return "no " + (code.isEmpty() ? "code" : "text");
    }
    Severity severity = oneOf(Severity.values(), row.getOrDefault("urgency", ""));
    Drive drive = oneOf(Drive.values(), row.getOrDefault("drive", ""));
    if (severity == null && !row.getOrDefault("urgency", "").isEmpty()) {
      return "no urgency: " + row.get("urgency");
    }
    if (drive == null && !row.getOrDefault("drive", "").isEmpty()) {
      return "neither yes, limited nor no: " + row.get("drive");
    }
    Notation notation = Notation.of(code);
    codes.put(
        key(notation, notation.subType()),
        new UserCode(
            row.getOrDefault("make", ""),
            words(row, ""),
            words(row, "_zh"),
            text,
            row.getOrDefault("zh", ""),
            row.getOrDefault("system", ""),
            severity,
            drive));
    return "";
  }

  private static Advice.Words words(Map<String, String> row, String language) {
    return new Advice.Words(
        UserCode.list(row.getOrDefault("causes" + language, "")),
        row.getOrDefault("check" + language, ""));
  }

  private static <E extends Enum<E>> @Nullable E oneOf(E[] values, String word) {
    for (E value : values) {
      if (value.name().equalsIgnoreCase(word)) {
        return value;
      }
    }
    return null;
  }
}
