package org.byoemail.outbound.outbox;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.platform.audit.AuditActor;
import org.byoemail.platform.audit.AuditLog;
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

  OutboxActions(AuditLog audit, Dossier dossier) {
    this.audit = audit;
    this.dossier = dossier;
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
