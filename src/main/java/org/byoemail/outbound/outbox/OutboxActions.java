package org.byoemail.outbound.outbox;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.delivery.MessageGates;
import org.byoemail.outbound.delivery.ReviewLifecycle;
import org.byoemail.outbound.review.Review;
import org.byoemail.outbound.review.Reviews;
import org.byoemail.platform.audit.AuditActor;
import org.byoemail.platform.audit.AuditLog;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.dossier.Dossier;
import org.byoemail.platform.dossier.DossierEntry;
import org.byoemail.platform.dossier.DossierKind;
import org.springframework.stereotype.Component;

/**
 * Records what people do about outbound messages, in the audit log and in the message's dossier.
 * Thread-safe.
 */
@Component
class OutboxActions {
  private final AuditLog audit;
  private final Dossier dossier;
  private final ReviewLifecycle reviews;
  private final Reviews reviewed;
  private final MessageGates gateDecisions;

  OutboxActions(
      AuditLog audit,
      Dossier dossier,
      ReviewLifecycle reviews,
      Reviews reviewed,
      MessageGates gateDecisions) {
    this.reviewed = reviewed;
    this.gateDecisions = gateDecisions;
    this.reviews = reviews;
    this.audit = audit;
    this.dossier = dossier;
  }

  /** What reviews do to messages. */
  ReviewLifecycle reviews() {
    return reviews;
  }

  /** The id of the last review of a message. */
  Optional<UUID> review(StoredMessageId message) {
    return reviewed.last(message).map(Review::id);
  }

  /** What the gates say about a message now, and why it is or was reviewed. */
  List<Gate> gates(Message message) {
    List<Gate> gates = new ArrayList<>();
    gateDecisions.why(message).stream().map(Gate::of).forEach(gates::add);
    reviewed
        .last(message.id())
        .ifPresent(
            last -> {
              String why =
                  last.reasons().stream()
                      .map(Review.Reason::reason)
                      .filter(reason -> !reason.isEmpty())
                      .collect(Collectors.joining("; "));
              String result =
                  switch (last.state()) {
                    case "requested" -> "review";
                    case "approved", "used" -> "pass";
                    default -> "refuse";
                  };
              gates.add(
                  new Gate(
                      "review",
                      result,
                      null,
                      "version %d is %s: %s".formatted(last.version().number(), last.state(), why),
                      last.isOpen() ? last.expiresAt() : null));
            });
    return gates;
  }

  /** Records an action in the transaction of the caller, which must be active. */
  void record(DossierKind action, StoredMessageId message, OrganizationId organization) {
    audit.record("message." + action.word(), message.value(), organization, Map.of());
    AuditActor actor = audit.actor();
    Map<String, Object> by = new HashMap<>();
    by.put("kind", actor.kind().word());
    by.put("id", actor.id());
    // The names of the operator's keys and people are not for organisations.
    by.put("name", actor.organization() == null ? "operator" : actor.name());
    by.values().removeIf(Objects::isNull);
    dossier.record(new DossierEntry(organization, message, action, Map.of("by", by)));
  }
}
