package org.byoemail.outbound.submission;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long things are kept that serve a while only.
 *
 * @param idsKept how long the id of a submission means the same email
 * @param uploadsKept how long an uploaded file that no message uses
 */
@ConfigurationProperties("byo.tidying")
record RetentionSettings(
    @DefaultValue("30d") Duration idsKept, @DefaultValue("7d") Duration uploadsKept) {
  RetentionSettings {
    if (idsKept.toMillis() < 1 || uploadsKept.toMillis() < 1) {
      throw new IllegalArgumentException(
          "byo.tidying.ids-kept and byo.tidying.uploads-kept must be longer than nothing");
    }
  }
}
