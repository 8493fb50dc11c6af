package org.byoemail.outbound.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.account.registry.SendingPolicies;
import org.byoemail.account.registry.SendingPolicy;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.gate.GateDecision;
import org.byoemail.outbound.gate.GateRequest;
import org.byoemail.outbound.review.KeptMail;
import org.byoemail.outbound.review.KeptMails;
import org.byoemail.outbound.review.Review;
import org.byoemail.outbound.review.ReviewRequest;
import org.byoemail.platform.conversation.Attachments;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.conversation.Messages;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What gates are asked about stored messages, and the reviews that are asked for them. */
@Repository
class ReviewRequests {
  private final JdbcClient jdbc;
  private final Messages messages;
  private final Attachments attachments;
  private final KeptMails mails;
  private final SendingPolicies policies;
  private final SubmissionRows submissions;

  ReviewRequests(
      JdbcClient jdbc,
      Messages messages,
      Attachments attachments,
      KeptMails mails,
      SendingPolicies policies,
      SubmissionRows submissions) {
    this.jdbc = jdbc;
    this.messages = messages;
    this.attachments = attachments;
    this.mails = mails;
    this.policies = policies;
    this.submissions = submissions;
  }

  /** What is stored of a submission. */
  private record Submitted(
      String id,
      @Nullable UUID key,
      Instant dueAt,
      Instant expiresAt,
      Map<EmailAddress, String> recipients) {}

  /** What gates decide about before an attempt: the recipients that are still open. */
  GateRequest gateRequest(
      GateRequest.Phase phase,
      Message message,
      AgentId agent,
      @Nullable Claim claim,
      SendingPolicy policy) {
    Submitted submitted = submitted(message.id());
    return new GateRequest(
        phase,
        policy,
        new GateRequest.Origin(
            message.organization(), agent, claim == null ? null : claim.account(), submitted.key()),
        message.id(),
        message.conversation(),
        submitted.recipients(),
        submitted.expiresAt(),
        new Loaded(message)::get);
  }

  /** Loaded once, when the first gate asks for it. */
  private final class Loaded {
    private final Message message;
    private GateRequest.@Nullable Contents contents;

    Loaded(Message message) {
      this.message = message;
    }

    GateRequest.Contents get() {
      GateRequest.Contents known = contents;
      if (known == null) {
        Message whole =
            message.text() == null && message.html() == null
                ? messages.find(message.id()).orElse(message)
                : message;
        known =
            new GateRequest.Contents(
                whole.from(),
                whole.subject(),
                whole.text(),
                whole.html(),
                whole.headers(),
                null,
                attachments.ofMessage(whole.id()));
        contents = known;
      }
      return known;
    }
  }

  /**
   * A review of a stored message.
   *
   * @param last the review before; its mail is kept. Null: the mail is composed now
   * @param account by which it would leave; null: by a transport of the platform
   */
  ReviewRequest of(
      StoredMessageId id,
      AgentId agent,
      @Nullable Review last,
      SendingPolicy policy,
      List<GateDecision> reasons,
      @Nullable UUID account) {
    Message message =
        messages.find(id).orElseThrow(() -> new IllegalStateException("no message " + id));
    Submitted submitted = submitted(id);
    KeptMail kept =
        last == null
            ? mails.keep(message, attachments.ofMessage(id))
            : new KeptMail(last.version().sha256(), last.version().size());
    return new ReviewRequest(
        id,
        submitted.id(),
        message.organization(),
        agent,
        submitted.key(),
        policy,
        reasons,
        kept,
        ReviewRequest.transport(account),
        List.copyOf(submitted.recipients().keySet()),
        message.subject(),
        message.text() == null ? "" : message.text(),
        submitted.dueAt(),
        submitted.expiresAt(),
        message.metadata());
  }

  /** The policy that applies to an agent now. */
  SendingPolicy policy(AgentId agent) {
    return policies.effective(List.of(agent)).getOrDefault(agent, SendingPolicy.NONE);
  }

  /** Lets a message wait at least that long from now on. */
  void extendExpiry(StoredMessageId message, Duration time) {
    submissions.extendExpiry(message, time);
  }

  private Submitted submitted(StoredMessageId message) {
    Map<EmailAddress, String> recipients = new LinkedHashMap<>();
    jdbc.sql(
            """
            SELECT coalesce(mailbox, address) AS mailbox, kind FROM message_recipient
            WHERE message_id = :id AND status = ANY (:open::text[])
            ORDER BY array_position(ARRAY['to', 'cc', 'bcc'], kind), address
            """)
        .param("id", message.value())
        .param("open", RecipientStatus.words(one -> one.isOpen() || one.canBeResent()))
        .query(
            row -> {
              recipients.put(EmailAddress.parse(row.getString("mailbox")), row.getString("kind"));
            });
    return jdbc.sql(
            """
            SELECT coalesce(forgotten_id, submission_id) AS id, submitter_key, expires_at,
              coalesce(send_at, accepted_at) AS due_at
            FROM outbound_submission WHERE message_id = :id
            """)
        .param("id", message.value())
        .query(
            (row, number) ->
                new Submitted(
                    row.getString("id"),
                    row.getObject("submitter_key", UUID.class),
                    row.getTimestamp("due_at").toInstant(),
                    row.getTimestamp("expires_at").toInstant(),
                    recipients))
        .single();
  }

  /** The recipients of a message that something is still to be done for. */
  List<String> open(StoredMessageId message) {
    return jdbc.sql(
            """
            SELECT coalesce(mailbox, address) FROM message_recipient
            WHERE message_id = :id AND status = ANY (:open::text[])
            """)
        .param("id", message.value())
        .param("open", RecipientStatus.words(RecipientStatus::isOpen))
        .query(String.class)
        .list();
  }

  /** The ids of the submissions of messages. */
  Map<StoredMessageId, String> submissionIds(List<StoredMessageId> ids) {
    Map<StoredMessageId, String> found = new HashMap<>();
    ids.forEach(id -> found.put(id, submitted(id).id()));
    return found;
  }
}
