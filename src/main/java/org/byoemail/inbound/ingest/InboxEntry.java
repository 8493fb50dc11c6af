package org.byoemail.inbound.ingest;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.ConversationId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.platform.conversation.ContentStore.Piece;
import org.jspecify.annotations.Nullable;

/**
 * A mail that was read from a mailbox, and its outcome.
 *
 * @param message the message that it has become; null if it has not
 * @param reason why it has not; null if it has
 * @param raw where its bytes are in the content store; null if none are kept
 * @param size in bytes, as the server said
 * @param sender the address in From, or the field's text if it has none
 * @param autoSubmitted {@code auto-generated}, {@code auto-replied} or {@code list} where a machine
 *     sent it, which is never to be answered automatically; null for a person's
 * @param kind failed, delayed, success, arf, mdn or auto-reply; none for a letter; null if it was
 *     not read
 * @param possibleDuplicate whether it may be a duplicate that was not recognised, since UIDVALIDITY
 *     of its folder has changed
 * @param afterRestore whether it was received before a restore of the database and ingested after
 *     it: it may have been ingested before
 * @param headerOnly whether no more than its header is kept
 * @param refetchAt since when it is to be fetched once more; null: it is not
 * @param receivedAt when it arrived, as the server said
 * @param recipient the address of the account that it was sent to; null: unknown
 * @param recipientTag the tag after the + in it; null if absent
 * @param conversation of the message; null if it has become none
 * @param to the first 100 addresses in To
 * @param judged whether its sender is who it says; null if it was not judged
 */
public record InboxEntry(
    UUID id,
    OrganizationId organization,
    AccountId account,
    InboundStatus status,
    @Nullable String reason,
    @Nullable StoredMessageId message,
    @Nullable Piece raw,
    long size,
    @Nullable String sender,
    @Nullable String subject,
    Authentication authentication,
    @Nullable String autoSubmitted,
    @Nullable String kind,
    boolean possibleDuplicate,
    boolean afterRestore,
    boolean headerOnly,
    @Nullable Instant refetchAt,
    @Nullable Instant receivedAt,
    Instant createdAt,
    @Nullable String recipient,
    @Nullable String recipientTag,
    @Nullable ConversationId conversation,
    List<String> to,
    @Nullable StoredSenderVerdict judged) {

  /** A copy of the list is kept. */
  public InboxEntry {
    to = List.copyOf(to);
  }

  /** Whether it is or was held for review and not let in: an agent may not read it. */
  public boolean isWithheld() {
    boolean wasHeld = judged != null && judged.heldAt() != null;
    return status == InboundStatus.HELD
        || wasHeld && status != InboundStatus.INGESTED && status != InboundStatus.REPORT;
  }
}
