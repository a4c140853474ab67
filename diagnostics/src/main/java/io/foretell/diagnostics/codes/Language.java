package io.foretell.diagnostics.codes;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.Locale;

/** The languages that the code book speaks. */
public enum Language {
  /** English: complete. */
  ENGLISH,
  /**
   * 简体中文: everything of the generic codes; a maker's own text is given in English beside what is
   * known of it.
   */
  CHINESE;

  /**
   * The language of a tag (RFC 5646): {@code en}, {@code zh}, {@code zh-CN}.
   *
   * @throws InvalidInputException where it is another one
   */
  public static Language of(String tag) {
    return switch (tag.toLowerCase(Locale.ROOT).split("[-_]", 2)[0]) {
      case "en" -> ENGLISH;
      case "zh" -> CHINESE;
      default ->
          throw new InvalidInputException(
              ReasonCode.NOT_FOUND, "no language of that name; there are en and zh");
    };
  }
}
