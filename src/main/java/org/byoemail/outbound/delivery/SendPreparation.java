package org.byoemail.outbound.delivery;

import jakarta.mail.MessagingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EndpointId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.delivery.AttemptAdmission.Admitted;
import org.byoemail.outbound.delivery.OutgoingMail.Transport;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.trace.LogContext;
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

  SendPreparation(
      AttemptAdmission admission,
      RecipientRefusals refusals,
      ClaimedContents contents,
      DeliveryLifecycle lifecycle,
      ReleasedClaims released) {
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
   *     claim was lost
   */
  public List<OutgoingMail> begin(List<Claim> claimed) {
    List<Claim> claims = released.expire(claimed);
    List<Admitted> admitted = claims.isEmpty() ? List.of() : admission.admit(claims);
    if (admitted.isEmpty()) {
      return List.of();
    }
    // Before they begin: an error of the database is then no attempt.
    Map<EndpointId, OutboundContactPolicy.Decision> policies =
        refusals.policies(
            admitted.stream().map(one -> one.message().endpoint()).distinct().toList());
    Map<StoredMessageId, List<Attachment>> files =
        contents.files(
            admitted.stream().filter(Admitted::hasFiles).map(one -> one.message().id()).toList());
    Map<StoredMessageId, AttemptRows.StartedAttempt> begun =
        lifecycle.begin(admitted.stream().map(Admitted::start).toList());
    List<OutgoingMail> mails = new ArrayList<>();
    for (Admitted one : admitted) {
      AttemptRows.StartedAttempt started = begun.get(one.message().id());
      if (started == null) {
        released.drop(one.claim());
      } else {
        mails.add(
            mail(
                one,
                started,
                policies.getOrDefault(one.message().endpoint(), recipient -> false),
                files.getOrDefault(one.message().id(), List.of())));
      }
    }
    return mails;
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
      OutboundContactPolicy.Decision policyOfAgent,
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
