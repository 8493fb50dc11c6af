package org.byoemail.outbound.composition;

import java.util.regex.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The header fields that the gateway adds.
 *
 * @param attemptHeader the one that carries the id of the attempt
 */
@ConfigurationProperties("byo.outbound")
record HeaderSettings(@DefaultValue("X-Gobii-Message-ID") String attemptHeader) {
  private static final Pattern OWN = Pattern.compile("X-[A-Za-z0-9-]{1,70}");

  HeaderSettings {
    if (!OWN.matcher(attemptHeader).matches()) {
      throw new IllegalArgumentException(
          "byo.outbound.attempt-header must be a header name that begins with X-");
    }
  }
}
