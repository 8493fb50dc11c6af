package org.byoemail.platform.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The {@code data} of an event: a record for each type, whose components are the fields of its
 * JSON. The platform reads them as they are, so they hold no secrets. Immutable.
 */
public sealed interface EventData {
  /** The type of event that this is the data of. */
  EventType eventType();

  /**
   * Recipients for whom an attempt ended alike.
   *
   * @param submissionId the id of the message's submission, given by the producer or generated
   * @param status of the message, after the attempt
   * @param metadata what the producer submitted with the message
   */
  record AttemptResult(
      String submissionId,
      String status,
      UUID attemptId,
      @Nullable String rfcMessageId,
      List<RecipientResult> recipients,
      Map<String, Object> metadata) {}

  /** The result for one recipient. */
  record RecipientResult(
      String address,
      String status,
      @Nullable String enhancedStatus,
      @Nullable String diagnostic) {}

  /** {@code message.sent}. */
  record MessageSent(@JsonUnwrapped AttemptResult result) implements EventData {
    @Override
    public EventType eventType() {
      return EventType.MESSAGE_SENT;
    }
  }

  /**
   * {@code message.deferred}.
   *
   * @param nextTryAt left out of the JSON if null
   */
  record MessageDeferred(
      @JsonUnwrapped AttemptResult result,
      @Nullable String error,
      @Nullable String errorCode,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Instant nextTryAt)
      implements EventData {
    @Override
    public EventType eventType() {
      return EventType.MESSAGE_DEFERRED;
    }
  }

  /** {@code message.held}. */
  record MessageHeld(
      @JsonUnwrapped AttemptResult result, @Nullable String error, @Nullable String errorCode)
      implements EventData {
    @Override
    public EventType eventType() {
      return EventType.MESSAGE_HELD;
    }
  }

  /** {@code message.failed}. */
  record MessageFailed(
      @JsonUnwrapped AttemptResult result, @Nullable String error, @Nullable String errorCode)
      implements EventData {
    @Override
    public EventType eventType() {
      return EventType.MESSAGE_FAILED;
    }
  }

  /** {@code message.cancelled}. */
  record MessageCancelled(
      @JsonUnwrapped AttemptResult result, @Nullable String error, @Nullable String errorCode)
      implements EventData {
    @Override
    public EventType eventType() {
      return EventType.MESSAGE_CANCELLED;
    }
  }

  /**
   * The inbound mail that reported on a message, and how the message was found.
   *
   * @param submissionId the id of the message's submission, given by the producer or generated
   * @param metadata what the producer submitted with the message
   */
  record ReportSource(
      String submissionId,
      UUID attemptId,
      String matchedBy,
      @Nullable UUID inboundMailId,
      Map<String, Object> metadata) {}

  /** What a delivery report (RFC 3464) says of one recipient. */
  record ReportedRecipient(
      String address,
      String recipientMatch,
      String status,
      @Nullable String enhancedStatus,
      @Nullable String diagnostic,
      @Nullable String reason,
      boolean permanent) {}

  /** {@code message.bounced}. */
  record MessageBounced(
      @JsonUnwrapped ReportSource source,
      String status,
      @Nullable String reportingMta,
      List<ReportedRecipient> recipients)
      implements EventData {
    @Override
    public EventType eventType() {
      return EventType.MESSAGE_BOUNCED;
    }
  }

  /** {@code message.delivered}. */
  record MessageDelivered(
      @JsonUnwrapped ReportSource source,
      String status,
      @Nullable String reportingMta,
      List<ReportedRecipient> recipients)
      implements EventData {
    @Override
    public EventType eventType() {
      return EventType.MESSAGE_DELIVERED;
    }
  }

  /**
   * {@code message.complained}.
   *
   * @param type of the feedback report (RFC 5965), such as abuse
   */
  record MessageComplained(
      @JsonUnwrapped ReportSource source, @Nullable String type, List<Complainant> recipients)
      implements EventData {
    /** A recipient who complained. */
    public record Complainant(String address) {}

    @Override
    public EventType eventType() {
      return EventType.MESSAGE_COMPLAINED;
    }
  }

  /**
   * {@code message.received}.
   *
   * @param verdict authentic, forged, unproven or undecided: whether From is true; left out if it
   *     was not judged
   * @param verdictSource dkim, server or inside: who says so; left out if nobody does
   * @param letIn why it was let in although its sender is not proven; left out if it was not
   * @param recipient the address of the account that it was sent to; left out if unknown
   * @param recipientTag the tag after the + in it; left out if absent
   * @param invitation left out of the JSON if null
   * @param attachments how many
   * @param findings suspicious content of the mail; left out of the JSON if absent
   * @param possibleDuplicate true, or left out of the JSON
   * @param afterRestore whether the mail may have been ingested before the database was restored;
   *     true, or left out of the JSON
   */
  record MessageReceived(
      UUID conversationId,
      String from,
      @Nullable String fromName,
      List<String> to,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String recipient,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String recipientTag,
      String subject,
      String authentication,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String verdict,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String verdictSource,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String letIn,
      @Nullable String autoSubmitted,
      @Nullable String kind,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable InvitationSummary invitation,
      int attachments,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<FindingSummary> findings,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean possibleDuplicate,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean afterRestore)
      implements EventData {
    /** A finding without its evidence, which is with the message. */
    public record FindingSummary(String kind, String severity) {}

    /** The calendar invitation in the mail (RFC 5546). */
    public record InvitationSummary(
        String method,
        String uid,
        String summary,
        @Nullable Instant start,
        @Nullable Instant end) {}

    @Override
    public EventType eventType() {
      return EventType.MESSAGE_RECEIVED;
    }
  }

  /**
   * {@code message.quarantined}.
   *
   * @param size in bytes
   */
  record MessageQuarantined(
      UUID inboundMailId,
      @Nullable String reason,
      @Nullable String from,
      @Nullable String subject,
      long size)
      implements EventData {
    @Override
    public EventType eventType() {
      return EventType.MESSAGE_QUARANTINED;
    }
  }

  /**
   * {@code contact.requested}: an agent asks for an address to be allowed.
   *
   * @param reason the agent's words
   */
  record ContactRequested(UUID request, UUID agent, String address, String reason)
      implements EventData {
    @Override
    public EventType eventType() {
      return EventType.CONTACT_REQUESTED;
    }
  }

  /**
   * {@code contact.request_decided}: a person has decided on it.
   *
   * @param decision approved or rejected
   */
  record ContactRequestDecided(
      UUID request, UUID agent, String address, String decision, @Nullable String reason)
      implements EventData {
    @Override
    public EventType eventType() {
      return EventType.CONTACT_REQUEST_DECIDED;
    }
  }

  /**
   * {@code sending.stopped}: a person has stopped the mail of an agent, or of all agents of an
   * organization.
   *
   * @param agent null: all agents of the organization
   */
  record SendingStopped(@Nullable UUID agent, @Nullable String reason) implements EventData {
    @Override
    public EventType eventType() {
      return EventType.SENDING_STOPPED;
    }
  }

  /**
   * {@code sending.started}: a stop was ended.
   *
   * @param agent null: all agents of the organization
   */
  record SendingStarted(@Nullable UUID agent) implements EventData {
    @Override
    public EventType eventType() {
      return EventType.SENDING_STARTED;
    }
  }

  /**
   * {@code mail.held}: a mail waits for a person. Nothing of what it says is in here.
   *
   * @param from whom it claims to come from
   * @param verdict authentic, forged, unproven or undecided
   * @param because sender, junk, malware, scanner or finding
   * @param size in bytes
   */
  record MailHeld(
      UUID inboundMailId,
      UUID agent,
      @Nullable String from,
      String verdict,
      String because,
      @Nullable String reason,
      long size)
      implements EventData {
    @Override
    public EventType eventType() {
      return EventType.MAIL_HELD;
    }
  }

  /**
   * {@code mail.held_limit_reached}: a mail would be held, but too many are already. It stays in
   * its mailbox.
   *
   * @param from whom it claims to come from
   */
  record MailHeldLimitReached(
      UUID inboundMailId, UUID agent, @Nullable String from, @Nullable String reason)
      implements EventData {
    @Override
    public EventType eventType() {
      return EventType.MAIL_HELD_LIMIT_REACHED;
    }
  }

  /**
   * {@code mail.held_digest}: once a day, how much mail of an organization is held for review.
   *
   * @param undecided how many of them wait for DNS
   * @param oldestHeldAt since when the oldest has been held
   * @param agents those with most of it, at most 50
   */
  record MailHeldDigest(
      long held,
      long unproven,
      long forged,
      long undecided,
      Instant oldestHeldAt,
      long oldestAgeSeconds,
      List<AgentShare> agents)
      implements EventData {
    /** What is held for one agent. */
    public record AgentShare(UUID agent, long held, Instant oldestHeldAt) {}

    public MailHeldDigest {
      agents = List.copyOf(agents);
    }

    @Override
    public EventType eventType() {
      return EventType.MAIL_HELD_DIGEST;
    }
  }

  /** {@code message.flagged}: what was found in an outgoing mail, without its evidence. */
  record MessageFlagged(List<Flag> findings) implements EventData {
    /**
     * A finding.
     *
     * @param name what it is of its kind; empty for kinds that have no names
     * @param place where it stands
     * @param action what becomes of the mail: mark or review
     */
    public record Flag(String kind, String name, String place, String action) {}

    public MessageFlagged {
      findings = List.copyOf(findings);
    }

    @Override
    public EventType eventType() {
      return EventType.MESSAGE_FLAGGED;
    }
  }

  /**
   * {@code correspondent.held}.
   *
   * @param mails how many the correspondent has sent to the agent lately
   */
  record CorrespondentHeld(UUID agent, String address, long mails) implements EventData {
    @Override
    public EventType eventType() {
      return EventType.CORRESPONDENT_HELD;
    }
  }

  /**
   * {@code recipient.unsubscribed}.
   *
   * @param agent that sends nothing more to the address
   */
  record RecipientUnsubscribed(UUID agent, String address) implements EventData {
    @Override
    public EventType eventType() {
      return EventType.RECIPIENT_UNSUBSCRIBED;
    }
  }

  /**
   * {@code account.error}.
   *
   * @param side smtp or imap
   */
  record AccountError(String side, String error) implements EventData {
    @Override
    public EventType eventType() {
      return EventType.ACCOUNT_ERROR;
    }
  }

  /**
   * {@code account.recovered}.
   *
   * @param side smtp or imap
   */
  record AccountRecovered(String side) implements EventData {
    @Override
    public EventType eventType() {
      return EventType.ACCOUNT_RECOVERED;
    }
  }

  /**
   * {@code account.needs_reauthorization}.
   *
   * @param error the provider's error code (RFC 6749 section 5.2)
   * @param reason the provider's words
   * @param link by which the owner of the mailbox mends it, a secret; null if {@code
   *     byo.public-url} is not set
   */
  record AccountNeedsReauthorization(
      String provider, String error, String reason, @Nullable String link) implements EventData {
    @Override
    public EventType eventType() {
      return EventType.ACCOUNT_NEEDS_REAUTHORIZATION;
    }

    @Override
    public String toString() {
      return "AccountNeedsReauthorization[provider=" + provider + ", error=" + error + "]";
    }
  }

  /** {@code account.mailbox_reset}: the server has given the folder another UIDVALIDITY. */
  record MailboxReset(UUID mailbox, String folder, long uidValidityBefore, long uidValidity)
      implements EventData {
    @Override
    public EventType eventType() {
      return EventType.ACCOUNT_MAILBOX_RESET;
    }
  }

  /**
   * {@code webhook.disabled}: its receiver has answered 410.
   *
   * @param reason in words
   */
  record WebhookDisabled(UUID webhook, String reason) implements EventData {
    @Override
    public EventType eventType() {
      return EventType.WEBHOOK_DISABLED;
    }
  }

  /**
   * {@code alias.proved}: the account may send from it.
   *
   * @param address of kind plus {@code local+*@domain}, of kind domain {@code *@domain}
   * @param kind address, plus or domain
   */
  record AliasProved(String address, String kind) implements EventData {
    @Override
    public EventType eventType() {
      return EventType.ALIAS_PROVED;
    }
  }

  /**
   * {@code alias.refused}: a probe was refused, or came back with another From.
   *
   * @param kind address, plus or domain
   * @param state rewritten or failed
   * @param seenFrom the From with which it arrived; null unless it was rewritten
   */
  record AliasRefused(
      String address, String kind, String state, @Nullable String seenFrom, @Nullable String error)
      implements EventData {
    @Override
    public EventType eventType() {
      return EventType.ALIAS_REFUSED;
    }
  }

  /**
   * {@code domain.proved}: the rules of a catch-all domain apply.
   *
   * @param proof dns or round_trip
   */
  record DomainProved(String domain, String proof) implements EventData {
    @Override
    public EventType eventType() {
      return EventType.DOMAIN_PROVED;
    }
  }

  /** {@code domain.lost}: the proof of a catch-all domain holds no longer. */
  record DomainLost(String domain, String error) implements EventData {
    @Override
    public EventType eventType() {
      return EventType.DOMAIN_LOST;
    }
  }

  /**
   * {@code dossier.sealed}: the chain of dossier entries has a new head.
   *
   * @param number of the seal, from 1 without gaps
   * @param head in hexadecimal, as the one before
   * @param entries how many the seal holds
   * @param key the id of the key that signed it; left out if it is not signed
   * @param signature Ed25519, in hexadecimal; left out if it is not signed
   */
  record DossierSealed(
      long number,
      String head,
      String previous,
      int entries,
      Instant sealedAt,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String key,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String signature)
      implements EventData {
    @Override
    public EventType eventType() {
      return EventType.DOSSIER_SEALED;
    }
  }

  /**
   * The message of a review.
   *
   * @param version the number of the version that it is about
   * @param metadata what the producer submitted with the message
   */
  record Reviewed(String submissionId, UUID reviewId, int version, Map<String, Object> metadata) {}

  /** Why mail is reviewed: a gate's word, a stable code, and a sentence. */
  record ReviewReason(String gate, String code, String reason) {}

  /**
   * {@code message.review_requested}: the message waits for a person's approval.
   *
   * @param link to the page of the review; null if {@code byo.public-url} is not set
   */
  record MessageReviewRequested(
      @JsonUnwrapped Reviewed review,
      List<String> recipients,
      List<ReviewReason> reasons,
      @Nullable String link,
      Instant expiresAt)
      implements EventData {
    @Override
    public EventType eventType() {
      return EventType.MESSAGE_REVIEW_REQUESTED;
    }
  }

  /**
   * {@code message.approved}: the message will be sent.
   *
   * @param edited whether the reviewer changed it
   */
  record MessageApproved(@JsonUnwrapped Reviewed review, boolean edited) implements EventData {
    @Override
    public EventType eventType() {
      return EventType.MESSAGE_APPROVED;
    }
  }

  /**
   * {@code message.rejected}: the message is not sent.
   *
   * @param reason the reviewer's, for the agent
   */
  record MessageRejected(@JsonUnwrapped Reviewed review, @Nullable String reason)
      implements EventData {
    @Override
    public EventType eventType() {
      return EventType.MESSAGE_REJECTED;
    }
  }

  /** {@code message.review_expired}: nobody decided in time, and the message is not sent. */
  record MessageReviewExpired(@JsonUnwrapped Reviewed review) implements EventData {
    @Override
    public EventType eventType() {
      return EventType.MESSAGE_REVIEW_EXPIRED;
    }
  }
}
