package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.inbound.ingest.InboundStatus;
import org.byoemail.inbound.ingest.InboxEntry;
import org.byoemail.outbound.delivery.MessageStatus;
import org.byoemail.outbound.finding.OutgoingFindings;
import org.byoemail.outbound.outbox.Gate;
import org.byoemail.outbound.outbox.OutboundDetails;
import org.byoemail.outbound.outbox.WaitingReason;
import org.byoemail.outbound.provenance.Origin;

/**
 * Why a message is where it is: the gates that it came to, in their order.
 *
 * @param status of the message, or of the inbound mail
 */
@Schema(name = "MessageWhy")
record MessageWhy(
    UUID id,
    @Schema(allowableValues = {"inbound", "outbound"}) String direction,
    @EnumWords({MessageStatus.class, InboundStatus.class}) String status,
    List<Gate> gates) {

  static MessageWhy of(
      OutboundDetails details,
      List<Gate> decided,
      List<OutgoingFindings.Found> findings,
      Map<EmailAddress, Origin> origins) {
    List<Gate> gates = new ArrayList<>();
    gates.add(Gate.pass("submission", "accepted as " + details.submissionId()));
    for (OutgoingFindings.Found one : findings) {
      String what = one.name().isEmpty() ? one.kind() : one.kind() + " (" + one.name() + ")";
      gates.add(new Gate("findings", "mark", one.place(), what + ": " + one.evidence(), null));
    }
    gates.addAll(decided);
    origins.forEach(
        (address, origin) ->
            gates.add(
                new Gate(
                    "origin",
                    "pass",
                    address.value(),
                    origin.word() + ": it " + origin.explanation(),
                    null)));
    WaitingReason waiting = details.waiting();
    if (waiting != null) {
      gates.add(Gate.wait(waiting.reason(), waiting.explanation(), waiting.nextAttemptAt()));
    }
    for (OutboundDetails.Recipient one : details.recipients()) {
      String words = one.diagnostic() == null ? one.status().word() : one.diagnostic();
      String result =
          switch (one.status()) {
            case SENT, DELIVERED, SIMULATED -> "pass";
            case FAILED, EXPIRED, CANCELLED -> "refuse";
            default -> "wait";
          };
      gates.add(new Gate("recipient", result, one.address().value(), words, null));
    }
    return new MessageWhy(
        details.message().id().value(), "outbound", details.status().word(), gates);
  }

  static MessageWhy of(UUID id, InboxEntry mail) {
    List<Gate> gates = new ArrayList<>();
    switch (mail.status()) {
      case QUARANTINED -> gates.add(Gate.refuse("processing", null, mail.reason()));
      case REFUSED -> gates.add(Gate.refuse("contact_policy", mail.sender(), mail.reason()));
      case DUPLICATE -> {
        gates.add(Gate.pass("contact_policy", null));
        gates.add(Gate.refuse("duplicate", null, mail.reason()));
      }
      case REPORT -> {
        gates.add(Gate.pass("duplicate", null));
        gates.add(Gate.refuse("report", null, "it reports on mail: see bounces"));
      }
      case INGESTED -> {
        gates.add(
            Gate.pass(
                "contact_policy", "authentication of the sender: " + mail.authentication().word()));
        gates.add(
            Gate.pass(
                "duplicate", mail.possibleDuplicate() ? "it may have been ingested before" : null));
        gates.add(Gate.pass("report", null));
      }
    }
    return new MessageWhy(id, "inbound", mail.status().word(), gates);
  }
}
