package org.byoemail.operations.retention;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Default retention periods in days, for organisations without their own; 0: for ever.
 *
 * @param messages with recipients, attempts, bounces, files and raw mail
 * @param events of the outbox
 * @param attachments the files of messages
 * @param rawMail the bytes of inbound mail, as its server had them
 * @param quarantine mail in the quarantine
 * @param pause between two runs
 */
@ConfigurationProperties("byo.retention")
record RetentionSettings(
    @DefaultValue("0") int messages,
    @DefaultValue("0") int events,
    @DefaultValue("0") int attachments,
    @DefaultValue("0") int rawMail,
    @DefaultValue("0") int quarantine,
    @DefaultValue("10m") Duration pause) {

  RetentionSettings {
    if (messages < 0 || events < 0 || attachments < 0 || rawMail < 0 || quarantine < 0) {
      throw new IllegalArgumentException("byo.retention: days must be 0 (for ever) or more");
    }
  }

  RetentionPeriods times() {
    return new RetentionPeriods(messages, events, attachments, rawMail, quarantine);
  }
}
