package io.foretell.diagnostics.codes;

import io.foretell.proto.Severity;
import java.util.List;
import java.util.Map;

/**
 * What a code means, in one language.
 *
 * @param notation the code
 * @param known whether the book has the very code; otherwise its text is built from its structure
 * @param text one line for a person
 * @param system where it belongs; empty where nothing is known
 * @param failureType failure type byte or FMI in words; empty where none is given
 * @param makerTexts what makers mean by it where they differ: maker to text (English)
 * @param causes probable causes, likeliest first
 * @param firstCheck what to look at first
 * @param severity how bad, by the rules of {@link CodeBook#severity}
 * @param drive whether to go on
 */
public record Explanation(
    Notation notation,
    boolean known,
    String text,
    String system,
    String failureType,
    Map<String, String> makerTexts,
    List<String> causes,
    String firstCheck,
    Severity severity,
    Drive drive) {}
