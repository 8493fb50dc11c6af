package org.byoemail.operations.retention;

import org.jspecify.annotations.Nullable;

/**
 * How many days things are kept. 0: for ever; null, where an organisation's are meant: as the
 * settings say.
 *
 * @param messages with recipients, attempts, bounces, files and raw mail
 * @param attachments the files of messages
 * @param rawMail the bytes of inbound mail, as its server had them
 */
public record KeepingTimes(
    @Nullable Integer messages,
    @Nullable Integer events,
    @Nullable Integer attachments,
    @Nullable Integer rawMail,
    @Nullable Integer quarantine) {

  /** These, and the others where these are null. */
  KeepingTimes or(KeepingTimes others) {
    return new KeepingTimes(
        messages == null ? others.messages : messages,
        events == null ? others.events : events,
        attachments == null ? others.attachments : attachments,
        rawMail == null ? others.rawMail : rawMail,
        quarantine == null ? others.quarantine : quarantine);
  }
}
