package org.byoemail.api;

import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import java.util.stream.Stream;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.Label;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.Scope;
import org.byoemail.inbound.ingest.InboundStatus;
import org.byoemail.inbound.ingest.InboxFilter;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.outbound.delivery.MessageStatus;
import org.byoemail.outbound.outbox.OutboxFilter;
import org.byoemail.platform.conversation.Direction;
import org.jspecify.annotations.Nullable;

/**
 * A filter of messages; null means any.
 *
 * @param status of either direction
 * @param submissionId the producer's id, of outbound messages only
 * @param before the cursor
 */
record MessageFilter(
    @Nullable OrganizationId organization,
    @Nullable Scope scope,
    @Nullable Direction direction,
    @Nullable AccountId account,
    @Nullable String status,
    @Nullable String submissionId,
    @Nullable Label label,
    @Nullable Instant since,
    @Nullable UUID before,
    int limit) {

  static MessageFilter read(
      @Nullable OrganizationId organization,
      @Nullable Scope scope,
      @Nullable String direction,
      @Nullable UUID account,
      @Nullable String status,
      @Nullable String submissionId,
      @Nullable String label,
      @Nullable String since,
      @Nullable String cursor,
      int limit) {
    String requested = status == null || status.isEmpty() ? null : status;
    MessageFilter filter =
        new MessageFilter(
            organization,
            scope,
            direction(direction),
            account == null ? null : new AccountId(account),
            requested,
            submissionId == null || submissionId.isEmpty() ? null : submissionId,
            RequestParams.label(label),
            RequestParams.since(since),
            RequestParams.cursor(cursor),
            limit);
    if (requested != null && filter.outboundStatus() == null && filter.inboundStatus() == null) {
      throw new FieldsRefused("status", "is not a status of a message");
    }
    if (filter.submissionId() != null && organization == null) {
      throw new FieldsRefused(
          "submissionId", "needs organization with a key that sees every organization");
    }
    return filter;
  }

  /** Null if no outbound message can match. */
  @Nullable OutboxFilter outbound() {
    boolean matches =
        direction != Direction.INBOUND && (status == null || outboundStatus() != null);
    return matches
        ? new OutboxFilter(
            organization,
            scope,
            account,
            outboundStatus(),
            submissionId,
            label,
            since,
            before,
            limit)
        : null;
  }

  /** Null if no inbound message can match. */
  @Nullable InboxFilter inbound() {
    boolean matches =
        direction != Direction.OUTBOUND
            && submissionId == null
            && (status == null || inboundStatus() != null);
    return matches
        ? new InboxFilter(organization, scope, account, inboundStatus(), label, since, before)
        : null;
  }

  private @Nullable MessageStatus outboundStatus() {
    return named(Arrays.stream(MessageStatus.values()).filter(s -> s.word().equals(status)));
  }

  private @Nullable InboundStatus inboundStatus() {
    // Mail that is held for review is in no list but its own.
    return named(
        Arrays.stream(InboundStatus.values())
            .filter(s -> s != InboundStatus.HELD && s.word().equals(status)));
  }

  private static <T> @Nullable T named(Stream<T> matching) {
    return matching.findFirst().orElse(null);
  }

  private static @Nullable Direction direction(@Nullable String word) {
    if (word == null || word.isEmpty()) {
      return null;
    }
    return Arrays.stream(Direction.values())
        .filter(one -> one.word().equals(word))
        .findFirst()
        .orElseThrow(() -> new FieldsRefused("direction", "must be inbound or outbound"));
  }
}
