package io.foretell.servicedesk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.ResourceBundle;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class TimelineTextsTest {
  private static final Pattern SLOT = Pattern.compile("\\{[^}]*}");

  @Test
  void both_languages_have_the_same_keys_with_the_same_slots() throws IOException {
    ResourceBundle english = TimelineTexts.bundle(Locale.ENGLISH);
    ResourceBundle chinese = TimelineTexts.bundle(Locale.SIMPLIFIED_CHINESE);

    assertThat(chinese.getLocale()).isEqualTo(Locale.SIMPLIFIED_CHINESE);
    // Asked of each bundle itself: a missing key would otherwise be found in its English parent.
    assertThat(own(chinese)).isEqualTo(own(english)).hasSizeGreaterThan(25);
    for (String key : english.keySet()) {
      assertThat(slots(chinese.getString(key))).as(key).isEqualTo(slots(english.getString(key)));
    }
  }

  @Test
  void language_without_a_bundle_gets_english() {
    assertThat(TimelineTexts.render(Locale.FRENCH, "closed", Map.of("by", "ann")))
        .isEqualTo("Closed by ann");
  }

  @Test
  void word_that_the_bundle_lacks_stays_as_it_is() {
    assertThat(
            TimelineTexts.render(
                Locale.ENGLISH, "urgency.raised", Map.of("from", "X", "to", "HIGH")))
        .isEqualTo("Urgency raised from X to high");
  }

  private static Set<String> own(ResourceBundle bundle) throws IOException {
    String suffix = bundle.getLocale().equals(Locale.ROOT) ? "" : "_" + bundle.getLocale();
    String name = "/" + TimelineTexts.BUNDLE.replace('.', '/') + suffix + ".properties";
    Properties file = new Properties();
    try (InputStream in = TimelineTextsTest.class.getResourceAsStream(name)) {
      assertThat(in).as(name).isNotNull();
      file.load(new InputStreamReader(in, StandardCharsets.UTF_8));
    }
    return file.stringPropertyNames();
  }

  private static TreeSet<String> slots(String text) {
    TreeSet<String> slots = new TreeSet<>();
    SLOT.matcher(text).results().forEach(slot -> slots.add(slot.group()));
    return slots;
  }
}
