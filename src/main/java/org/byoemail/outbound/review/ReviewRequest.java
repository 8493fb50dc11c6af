package org.byoemail.outbound.review;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.account.registry.SendingPolicy;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.gate.GateDecision;
import org.jspecify.annotations.Nullable;

/**
 * A review that is asked for.
 *
 * @param submitter the key that handed it in, which never decides; null: none
 * @param reasons why it is reviewed, first the decisions that ask for it
 * @param content the mail, as it is kept
 * @param transport by which it is to leave, as {@link #transport} names it
 * @param text what mails are compared by, to group those that are alike
 * @param dueAt when it is to leave, once it is approved
 * @param expiresAt when the message stops waiting, whatever it waits for
 */
public record ReviewRequest(
    StoredMessageId message,
    String submissionId,
    OrganizationId organization,
    AgentId agent,
    @Nullable UUID submitter,
    SendingPolicy policy,
    List<GateDecision> reasons,
    KeptMail content,
    String transport,
    List<EmailAddress> recipients,
    String subject,
    String text,
    Instant dueAt,
    Instant expiresAt,
    Map<String, Object> metadata) {

  /** The name of a transport: mail that was approved for one is never sent by another. */
  public static String transport(@Nullable UUID account) {
    return account == null ? "platform" : "account:" + account;
  }

  /** The same, without recipients that get nothing. */
  public ReviewRequest without(Collection<EmailAddress> leftOut) {
    return new ReviewRequest(
        message,
        submissionId,
        organization,
        agent,
        submitter,
        policy,
        reasons,
        content,
        transport,
        recipients.stream().filter(one -> !leftOut.contains(one)).toList(),
        subject,
        text,
        dueAt,
        expiresAt,
        metadata);
  }
}
