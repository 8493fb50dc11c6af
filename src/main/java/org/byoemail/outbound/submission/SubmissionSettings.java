package org.byoemail.outbound.submission;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Limits of a submission.
 *
 * @param maxMessageSize of a message as it is sent, attachments encoded
 * @param maxAttachmentSize of one file, before it is encoded
 * @param maxRecipients of a message: to, cc and bcc together
 * @param maxAttachments of a message
 * @param expiresAfter how long a message may wait to leave where its submission does not say
 */
@ConfigurationProperties("byo.outbound")
record SubmissionSettings(
    @DefaultValue("25MB") DataSize maxMessageSize,
    @DefaultValue("18MB") DataSize maxAttachmentSize,
    @DefaultValue("100") int maxRecipients,
    @DefaultValue("100") int maxAttachments,
    @DefaultValue("5d") Duration expiresAfter) {

  // Twice this is still the length of an array.
  private static final DataSize MAX_SIZE = DataSize.ofMegabytes(512);

  SubmissionSettings {
    within("max-message-size", maxMessageSize);
    within("max-attachment-size", maxAttachmentSize);
    if (maxRecipients < 1 || maxAttachments < 0) {
      throw new IllegalArgumentException(
          "byo.outbound.max-recipients must be 1 or more, byo.outbound.max-attachments 0 or more");
    }
    if (expiresAfter.isNegative() || expiresAfter.isZero()) {
      throw new IllegalArgumentException("byo.outbound.expires-after must be longer than nothing");
    }
  }

  private static void within(String key, DataSize size) {
    if (size.toBytes() < 1 || size.compareTo(MAX_SIZE) > 0) {
      throw new IllegalArgumentException("byo.outbound." + key + " must be from 1B to 512MB");
    }
  }
}
