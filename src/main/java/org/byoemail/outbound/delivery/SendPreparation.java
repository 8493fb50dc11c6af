package org.byoemail.outbound.delivery;

import jakarta.mail.MessagingException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EndpointId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.delivery.AttemptAdmission.Admitted;
import org.byoemail.outbound.delivery.AttemptOutcome.Rejected;
import org.byoemail.outbound.delivery.OutgoingMail.Transport;
import org.byoemail.outbound.review.Review;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.trace.LogContext;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Makes the mails of claims: begins the attempts of those that may leave, and composes them. No
 * connection to the database is held afterwards.
 */
@Component("sendPreparation")
public class SendPreparation {
  private final AttemptAdmission admission;
  private final RecipientRefusals refusals;
  private final ClaimedContents contents;
  private final DeliveryLifecycle lifecycle;
  private final ReleasedClaims released;
  private final BeginGates gates;
  private final ReviewLifecycle reviewed;

  SendPreparation(
      AttemptAdmission admission,
      RecipientRefusals refusals,
      ClaimedContents contents,
      DeliveryLifecycle lifecycle,
      ReleasedClaims released,
      BeginGates gates,
      ReviewLifecycle reviewed) {
    this.gates = gates;
    this.reviewed = reviewed;
    this.admission = admission;
    this.refusals = refusals;
    this.contents = contents;
    this.lifecycle = lifecycle;
    this.released = released;
  }

  /**
   * Begins attempts: all data that sending needs is read and written in batches. Committed on
   * return.
   *
   * @return the mails to compose and send; without those that have to wait, have expired, or whose
   *     claim was lost; nor messages of a stopped sender
   */
  public List<OutgoingMail> begin(List<Claim> claimed) {
    List<Claim> claims = released.stop(released.expire(claimed));
    List<Admitted> admitted = claims.isEmpty() ? List.of() : admission.admit(claims);
    if (admitted.isEmpty()) {
      return List.of();
    }
    // Before they begin: an error of the database is then no attempt.
    Map<EndpointId, OutboundContactPolicy.Decision> policies =
        refusals.policies(
            admitted.stream().map(one -> one.message().endpoint()).distinct().toList());
    BeginGates.Passed passed = gates.pass(admitted, policies);
    List<Admitted> passing = passed.admitted();
    Map<StoredMessageId, List<Attachment>> files =
        contents.files(
            passing.stream().filter(Admitted::hasFiles).map(one -> one.message().id()).toList());
    Map<StoredMessageId, AttemptRows.StartedAttempt> begun = begin(passing, passed.approved());
    List<OutgoingMail> mails = new ArrayList<>();
    List<Claim> notBegun = new ArrayList<>();
    for (Admitted one : passing) {
      AttemptRows.StartedAttempt started = begun.get(one.message().id());
      if (started == null) {
        notBegun.add(one.claim());
      } else {
        OutgoingMail mail =
            mail(
                one,
                started,
                policies.get(one.message().endpoint()),
                files.getOrDefault(one.message().id(), List.of()));
        Review review = passed.approved().get(one.message().id());
        if (review != null) {
          mail.sendKept(review.version().sha256());
        }
        Rejected refusal = passed.refused().get(one.message().id());
        if (refusal != null) {
          mail.refuse(refusal);
        }
        mails.add(mail);
      }
    }
    released.notBegun(notBegun);
    return mails;
  }

  /** Reviewed mail uses its approval up, one by one; it is rare. */
  private Map<StoredMessageId, AttemptRows.StartedAttempt> begin(
      List<Admitted> passing, Map<StoredMessageId, Review> approved) {
    List<Admitted> others =
        passing.stream().filter(one -> !approved.containsKey(one.message().id())).toList();
    Map<StoredMessageId, AttemptRows.StartedAttempt> begun =
        others.isEmpty()
            ? new HashMap<>()
            : new HashMap<>(lifecycle.begin(others.stream().map(Admitted::start).toList()));
    for (Admitted one : passing) {
      if (approved.containsKey(one.message().id())) {
        reviewed.begin(one.start()).ifPresent(started -> begun.put(one.message().id(), started));
      }
    }
    return begun;
  }

  /**
   * Composes a mail, unless no recipient is left.
   *
   * @throws MessagingException if it cannot be composed: an internal error
   */
  public void compose(OutgoingMail mail) throws MessagingException {
    try (LogContext ids = mail.inLogs()) {
      contents.compose(mail);
    }
  }

  private OutgoingMail mail(
      Admitted admitted,
      AttemptRows.StartedAttempt started,
      OutboundContactPolicy.@Nullable Decision policyOfAgent,
      List<Attachment> files) {
    Map<EmailAddress, AttemptOutcome> refused =
        refusals.of(admitted.message(), admitted.transport(), started, policyOfAgent);
    List<EmailAddress> envelope = new ArrayList<>(started.recipients());
    envelope.removeAll(refused.keySet());
    OutgoingMail mail =
        new OutgoingMail(
            admitted.claim(),
            admitted.message(),
            admitted.server(),
            envelope.isEmpty() ? Transport.NONE : admitted.transport(),
            envelope,
            files,
            started.requestDeliveryReport());
    refused.forEach(mail::outcome);
    mail.trace(started.trace());
    return mail;
  }
}
