package org.byoemail.platform.conversation;

import java.util.Locale;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.jspecify.annotations.Nullable;

/**
 * A file, uploaded to be sent or part of a message.
 *
 * @param message null while it was only uploaded
 * @param contentId what {@code cid:} in HTML refers to (RFC 2392), without angle brackets
 * @param size in bytes
 * @param sha256 where its bytes are in the content store; null if it was rejected
 * @param rejected why it was not stored; null if it was
 */
public record Attachment(
    UUID id,
    OrganizationId organization,
    @Nullable StoredMessageId message,
    String name,
    String contentType,
    boolean inline,
    @Nullable String contentId,
    long size,
    @Nullable String sha256,
    @Nullable String rejected) {

  /** The media type that the sender gave, in lower case and without parameters. */
  public String mediaType() {
    return contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }
}
