package io.foretell.servicedesk;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.MissingResourceException;
import java.util.ResourceBundle;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The sentences of timelines in the languages that there is a bundle for: English and Simplified
 * Chinese.
 *
 * <p>In a sentence, {@code {name}} stands for the argument as it is, {@code {name:severity}} for
 * the word that the bundle has under {@code severity.} and the argument, and {@code
 * {name:duration}} for an ISO 8601 duration written out.
 */
public final class TimelineTexts {
  /** Name of the resource bundle. */
  public static final String BUNDLE = "io.foretell.servicedesk.timeline";

  private static final Pattern SLOT = Pattern.compile("\\{([a-z]+)(?::([a-z]+))?}");
  private static final long HOURS_UNTIL_DAYS = 48;

  private TimelineTexts() {}

  /** The sentence of an entry in another language; English where there is no bundle for it. */
  public static String render(Locale locale, TimelineEntry entry) {
    return render(locale, entry.key(), entry.args());
  }

  static String render(Locale locale, String key, Map<String, String> args) {
    ResourceBundle bundle = bundle(locale);
    return SLOT.matcher(bundle.getString(key))
        .replaceAll(
            slot -> Matcher.quoteReplacement(fill(bundle, slot.group(1), slot.group(2), args)));
  }

  static ResourceBundle bundle(Locale locale) {
    ResourceBundle.Control noSurprise =
        ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES);
    return ResourceBundle.getBundle(BUNDLE, locale, noSurprise);
  }

  private static String fill(
      ResourceBundle bundle, String name, @Nullable String form, Map<String, String> args) {
    String value = args.getOrDefault(name, "");
    if (form == null || value.isEmpty()) {
      return value;
    }
    return form.equals("duration")
        ? duration(bundle, value)
        : word(bundle, form + "." + value, value);
  }

  private static String word(ResourceBundle bundle, String key, String otherwise) {
    try {
      return bundle.getString(key);
    } catch (MissingResourceException e) {
      return otherwise;
    }
  }

  private static String duration(ResourceBundle bundle, String iso) {
    Duration duration = Duration.parse(iso);
    long hours = duration.toHours();
    if (hours >= HOURS_UNTIL_DAYS) {
      return count(bundle, "unit.days", duration.toDays());
    }
    return hours >= 1
        ? count(bundle, "unit.hours", hours)
        : count(bundle, "unit.minutes", duration.toMinutes());
  }

  private static String count(ResourceBundle bundle, String key, long number) {
    return bundle.getString(key).replace("{n}", Long.toString(number));
  }
}
