package org.byoemail.outbound.submission;

import java.time.Instant;
import java.util.List;
import org.byoemail.account.registry.SendingPolicy;
import org.byoemail.format.mail.ConversationId;
import org.byoemail.outbound.finding.OutgoingFindings;
import org.byoemail.outbound.gate.GateBases;
import org.byoemail.outbound.gate.GateDecision.Result;
import org.byoemail.outbound.gate.GateRequest;
import org.byoemail.outbound.gate.GateRequest.Phase;
import org.byoemail.outbound.gate.GateResult;
import org.byoemail.outbound.gate.Gates;
import org.byoemail.outbound.review.KeptMail;
import org.byoemail.outbound.review.KeptMails;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.Message;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Asks the operator's hook and the gates of the agent's sending policy, before a submission is
 * stored. Safe for use by many threads.
 */
@Component
class SubmissionGates {
  private final AcceptHook hook;
  private final Gates gates;
  private final OutgoingFindings findings;
  private final KeptMails mails;
  private final ListUnsubscribe unsubscribe;
  private final GateBases bases;

  SubmissionGates(
      AcceptHook hook,
      Gates gates,
      OutgoingFindings findings,
      KeptMails mails,
      ListUnsubscribe unsubscribe,
      GateBases bases) {
    this.bases = bases;
    this.unsubscribe = unsubscribe;
    this.mails = mails;
    this.hook = hook;
    this.gates = gates;
    this.findings = findings;
  }

  AcceptHook hook() {
    return hook;
  }

  /** Checks and makes the fields by which recipients unsubscribe. */
  ListUnsubscribe unsubscribe() {
    return unsubscribe;
  }

  /** Whether a gate has something to decide about a submission of that sender. */
  boolean isNeeded(Sender sender, Submission submission) {
    return gates.isNeeded(sender.policy(), Phase.ACCEPT, submission.inReplyTo() != null);
  }

  /**
   * The same submission as the gates let it pass: now, or later.
   *
   * @throws SubmissionRejected if a gate refuses it
   */
  NewSubmission decide(SubmissionSource source, NewSubmission fresh) {
    String basis = basis(fresh.sender());
    GateResult result =
        gates
            .decide(
                request(
                    Phase.ACCEPT,
                    source,
                    fresh.sender(),
                    fresh.submission(),
                    fresh.repliedTo(),
                    fresh.files(),
                    fresh.expiresAt()))
            .withBasis(basis);
    if (result.strictest() == Result.REFUSE) {
      throw new SubmissionRejected(fresh.submission().id(), "", "is refused: " + result.reason());
    }
    Instant until = result.until().orElse(fresh.dueAt());
    if (!until.isBefore(fresh.expiresAt())) {
      throw new SubmissionRejected(
          fresh.submission().id(),
          "expiresAt",
          "is over before it may leave at " + until + ": " + result.reason());
    }
    NewSubmission gated = fresh.gated(result, until.isAfter(fresh.dueAt()) ? until : fresh.dueAt());
    if (findings.areIn(result)) {
      gated =
          gated.with(message -> findings.store(message, origin(source, fresh.sender()), result));
    }
    return result.strictest() == Result.REVIEW ? gated.reviewed(keep(gated)) : gated;
  }

  /** Null: the gates are asked again before the attempt, or will have nothing to decide. */
  private @Nullable String basis(Sender sender) {
    SendingPolicy policy = sender.policy();
    return gates.isSettled(policy) ? bases.of(sender.agent(), policy).orElse(null) : null;
  }

  /** Composed once: what is approved is what is sent. */
  private KeptMail keep(NewSubmission fresh) {
    Message message =
        new OutboundDraft(fresh.submission(), fresh.sender())
            .message(
                fresh.messageId(),
                // No part of the mail.
                ConversationId.next(),
                fresh.repliedTo(),
                fresh.added(),
                fresh.dueAt(),
                fresh.acceptedAt());
    return mails.keep(message, fresh.files());
  }

  /** What the gates would decide; nothing is stored or counted. */
  GateResult tried(
      SubmissionSource source,
      Sender sender,
      Submission submission,
      @Nullable Message repliedTo,
      List<Attachment> planned) {
    return gates.isNeeded(sender.policy(), Phase.DRY_RUN)
        ? gates.decide(request(Phase.DRY_RUN, source, sender, submission, repliedTo, planned, null))
        : GateResult.NOTHING;
  }

  private static GateRequest.Origin origin(SubmissionSource source, Sender sender) {
    return new GateRequest.Origin(
        sender.organization(),
        sender.agent(),
        sender.account(),
        source.by() == null ? null : source.by().key());
  }

  private static GateRequest request(
      Phase phase,
      SubmissionSource source,
      Sender sender,
      Submission of,
      @Nullable Message repliedTo,
      List<Attachment> files,
      @Nullable Instant expiresAt) {
    OutboundDraft draft = new OutboundDraft(of, sender);
    GateRequest.Contents contents =
        new GateRequest.Contents(
            sender.address().value(),
            of.subject(),
            of.text(),
            of.html(),
            draft.headers(),
            repliedTo == null ? null : repliedTo.id(),
            files);
    return new GateRequest(
        phase,
        sender.policy(),
        origin(source, sender),
        null,
        repliedTo == null ? null : repliedTo.conversation(),
        draft.recipients(),
        expiresAt,
        () -> contents);
  }
}
