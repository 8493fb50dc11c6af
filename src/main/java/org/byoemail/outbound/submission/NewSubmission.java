package org.byoemail.outbound.submission;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.HeaderField;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.delivery.NewDelivery;
import org.byoemail.outbound.gate.GateResult;
import org.byoemail.outbound.review.KeptMail;
import org.byoemail.outbound.review.ReviewRequest;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.dossier.DossierEntry;
import org.byoemail.platform.dossier.DossierKind;
import org.byoemail.platform.trace.TraceParent;
import org.jspecify.annotations.Nullable;

/**
 * A submission that is found right and is to be stored.
 *
 * @param id the producer's own, or the one that was made for it
 * @param repliedTo the message that it answers; null for none
 * @param files whose contents are stored already
 * @param added header fields in addition to the submission's
 * @param by who handed it in; null if that is not known
 * @param change is made in the transaction that stores it
 * @param gates what the gates of the agent's sending policy decided
 * @param kept the composed mail, if it waits for a review; null: it needs none
 */
record NewSubmission(
    StoredMessageId messageId,
    AttemptId attempt,
    String id,
    Sender sender,
    Submission submission,
    @Nullable Message repliedTo,
    List<Attachment> files,
    List<HeaderField> added,
    Instant dueAt,
    Instant expiresAt,
    Instant acceptedAt,
    @Nullable SubmittedBy by,
    Consumer<StoredMessageId> change,
    GateResult gates,
    @Nullable KeptMail kept) {

  /** The same as gates have decided about it. */
  NewSubmission gated(GateResult decided, Instant due) {
    return copy(due, change, decided, kept);
  }

  /** The same with its composed mail, to be reviewed. */
  NewSubmission reviewed(KeptMail composed) {
    return copy(dueAt, change, gates, composed);
  }

  /** The same submission, with a further change in its transaction. */
  NewSubmission with(Consumer<StoredMessageId> another) {
    return copy(dueAt, change.andThen(another), gates, kept);
  }

  private NewSubmission copy(
      Instant due,
      Consumer<StoredMessageId> changes,
      GateResult decided,
      @Nullable KeptMail composed) {
    return new NewSubmission(
        messageId,
        attempt,
        id,
        sender,
        submission,
        repliedTo,
        files,
        added,
        due,
        expiresAt,
        acceptedAt,
        by,
        changes,
        decided,
        composed);
  }

  private @Nullable ReviewRequest review(Map<EmailAddress, String> recipients) {
    return kept == null
        ? null
        : new ReviewRequest(
            messageId,
            id,
            sender.organization(),
            sender.agent(),
            by == null ? null : by.key(),
            sender.policy(),
            gates.decisions(),
            kept,
            ReviewRequest.transport(sender.account() == null ? null : sender.account().value()),
            List.copyOf(recipients.keySet()),
            submission.subject(),
            submission.text(),
            dueAt,
            expiresAt,
            submission.metadata());
  }

  /** Its first entries in the dossier: that it was accepted, and what the gates decided. */
  private List<DossierEntry> entries(
      Map<EmailAddress, String> recipients, @Nullable TraceParent trace) {
    DossierEntry accepted = accepted(recipients, trace);
    return gates.decisions().isEmpty()
        ? List.of(accepted)
        : List.of(
            accepted,
            new DossierEntry(
                sender.organization(),
                messageId,
                DossierKind.GATES,
                Map.of("policy", sender.policy().version(), "decisions", gates.recorded())));
  }

  private DossierEntry accepted(Map<EmailAddress, String> recipients, @Nullable TraceParent trace) {
    Map<String, @Nullable Object> facts = new LinkedHashMap<>();
    facts.put("by", by);
    facts.put("trace", trace == null ? null : trace.text());
    facts.put("submissionId", id);
    facts.put("submissionSha256", submission.digest());
    facts.put("agent", sender.agent().value());
    facts.put("account", sender.account() == null ? null : sender.account().value());
    facts.put("from", sender.address().value());
    facts.put("recipients", recipients(recipients));
    facts.put("dueAt", dueAt.toString());
    facts.put("expiresAt", expiresAt.toString());
    facts.values().removeIf(Objects::isNull);
    return new DossierEntry(sender.organization(), messageId, DossierKind.ACCEPTED, facts);
  }

  /** The addresses by their kinds. */
  private static Map<String, List<String>> recipients(Map<EmailAddress, String> kinds) {
    Map<String, List<String>> byKind = new TreeMap<>();
    kinds.forEach(
        (address, kind) ->
            byKind.computeIfAbsent(kind, none -> new ArrayList<>()).add(address.value()));
    return byKind;
  }

  /** What is to be delivered, to these recipients with their kinds. */
  NewDelivery delivery(Map<EmailAddress, String> recipients, @Nullable TraceParent trace) {
    return new NewDelivery(
        messageId,
        attempt,
        sender.account(),
        sender.organization(),
        sender.agent(),
        id,
        submission.digest(),
        submission.priority(),
        submission.sendAt(),
        dueAt,
        expiresAt,
        submission.autoSubmitted() || sender.policy().automaticMail().autoSubmitted(),
        submission.requestDeliveryReport(),
        acceptedAt,
        recipients,
        by == null ? null : by.key(),
        review(recipients),
        gates.basis(),
        trace,
        entries(recipients, trace));
  }
}
