package org.byoemail.platform.audit;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The audit log.
 *
 * @param keep how long entries are kept; at least two days
 */
@ConfigurationProperties("byo.audit")
record AuditSettings(@DefaultValue("400d") Duration keep) {
  /** The database refuses to delete entries of the last day. */
  private static final Duration MIN_KEPT = Duration.ofDays(2);

  AuditSettings {
    if (keep.compareTo(MIN_KEPT) < 0) {
      throw new IllegalArgumentException("byo.audit.keep must be at least 2 days");
    }
  }
}
