package org.byoemail.outbound.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.outbound.delivery.AttemptOutcome.Rejected;
import org.byoemail.outbound.delivery.Recipients.Change;
import org.byoemail.outbound.suppression.Suppression;
import org.byoemail.outbound.suppression.Suppressions;
import org.byoemail.platform.conversation.Message;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What becomes of recipients that nothing is sent to. */
@Component
public class SuppressedRecipients {
  /** The error code of such a recipient. */
  static final String CODE = "suppressed";

  private static final String LIFTED = "not sent: the address was suppressed a moment ago";
  private static final Set<RecipientStatus> LEFT_OUT = EnumSet.of(RecipientStatus.FAILED);

  private final Suppressions suppressions;
  private final Recipients recipients;
  private final AttemptRows attempts;
  private final Deliveries deliveries;
  private final SendEvents events;
  private final MeterRegistry meters;

  SuppressedRecipients(
      Suppressions suppressions,
      Recipients recipients,
      AttemptRows attempts,
      Deliveries deliveries,
      SendEvents events,
      MeterRegistry meters) {
    this.suppressions = suppressions;
    this.recipients = recipients;
    this.attempts = attempts;
    this.deliveries = deliveries;
    this.events = events;
    this.meters = meters;
  }

  /** The refusal of each, before a try. */
  Map<EmailAddress, Rejected> refusals(String organization, Collection<EmailAddress> addresses) {
    Map<EmailAddress, Rejected> refusals = new LinkedHashMap<>();
    if (!addresses.isEmpty()) {
      Map<EmailAddress, Suppression> found = suppressions.among(organization, addresses);
      for (EmailAddress address : addresses) {
        Suppression suppression = found.get(address);
        refusals.put(
            address, new Rejected(suppression == null ? LIFTED : suppression.refusal(), CODE));
      }
      meters.counter("byo.outbound.suppressed").increment(addresses.size());
    }
    return refusals;
  }

  /**
   * Says so of those that were stored as failed when their message was accepted. Where nobody else
   * is left, the message has failed. Joins the transaction that stores it.
   */
  public void leaveOut(
      Message message,
      @Nullable AccountId account,
      AttemptId attempt,
      Collection<EmailAddress> addresses) {
    List<Change> changes = new ArrayList<>();
    refusals(message.organization(), addresses)
        .forEach(
            (address, refusal) ->
                changes.add(
                    new Change(address, RecipientStatus.FAILED, refusal.code(), refusal.words())));
    MessageStatus status = recipients.change(message.id(), LEFT_OUT, changes);
    if (status == MessageStatus.FAILED) {
      AttemptRows.Ending ending =
          new AttemptRows.Ending(
              AttemptState.FAILED, "rejected", null, CODE, changes.get(0).diagnostic());
      attempts.end(List.of(new AttemptRows.Ended(attempt, ending)));
      deliveries.drop(List.of(message.id()));
    }
    events.publish(
        List.of(new SendEvents.Result(message, account, attempt, status, changes, null)));
  }
}
