package org.byoemail.platform.search;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Full-text search.
 *
 * @param languages text search configurations of PostgreSQL, at most 10: a text is indexed with its
 *     own words, and with the stems of the one that suits it best
 * @param batch how many messages a transaction indexes at most
 * @param delay how long the index waits while many messages arrive; 0: not at all
 * @param timeout after which a search is given up
 */
@ConfigurationProperties("byo.search")
record SearchSettings(
    @DefaultValue({"english", "german", "french", "spanish"}) List<String> languages,
    @DefaultValue("200") int batch,
    @DefaultValue("5m") Duration delay,
    @DefaultValue("3s") Duration timeout) {

  private static final Pattern NAME = Pattern.compile("[a-z_]{1,60}");

  SearchSettings {
    languages = List.copyOf(languages);
    if (languages.isEmpty()
        || languages.size() > 10
        || !languages.stream().allMatch(one -> NAME.matcher(one).matches())) {
      throw new IllegalArgumentException(
          "byo.search.languages: must be 1 to 10 text search configurations, such as english");
    }
    if (batch < 1 || batch > 1_000) {
      throw new IllegalArgumentException("byo.search.batch: must be 1 to 1000");
    }
    if (delay.isNegative() || delay.toHours() > 24) {
      throw new IllegalArgumentException("byo.search.delay: must be 0 to 24h");
    }
    if (timeout.toMillis() < 100 || timeout.toSeconds() > 60) {
      throw new IllegalArgumentException("byo.search.timeout: must be 100ms to 60s");
    }
  }
}
