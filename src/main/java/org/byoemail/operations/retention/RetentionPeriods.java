package org.byoemail.operations.retention;

import org.jspecify.annotations.Nullable;

/**
 * Retention periods in days. 0: for ever; null, for an organisation: as the settings say.
 *
 * @param messages with recipients, attempts, bounces, files and raw mail
 * @param attachments the files of messages
 * @param rawMail the bytes of inbound mail, as its server had them
 */
public record RetentionPeriods(
    @Nullable Integer messages,
    @Nullable Integer events,
    @Nullable Integer attachments,
    @Nullable Integer rawMail,
    @Nullable Integer quarantine) {
  /** The maximum period other than for ever. */
  public static final int MAX_DAYS = 36_500;

  /** These periods, with defaults for those that are null. */
  RetentionPeriods or(RetentionPeriods others) {
    return new RetentionPeriods(
        messages == null ? others.messages : messages,
        events == null ? others.events : events,
        attachments == null ? others.attachments : attachments,
        rawMail == null ? others.rawMail : rawMail,
        quarantine == null ? others.quarantine : quarantine);
  }
}
