package org.byoemail.outbound.sentfolder;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How copies are stored in Sent folders.
 *
 * @param delay after sending, in which a server may put its own copy there
 * @param limit for storing one mail
 */
@ConfigurationProperties("byo.sent-folder")
record SentFolderSettings(@DefaultValue("15s") Duration delay, @DefaultValue("5m") Duration limit) {
  SentFolderSettings {
    if (delay.isNegative() || limit.toMillis() < 1) {
      throw new IllegalArgumentException(
          "byo.sent-folder.delay must not be negative, byo.sent-folder.limit must be positive");
    }
  }
}
