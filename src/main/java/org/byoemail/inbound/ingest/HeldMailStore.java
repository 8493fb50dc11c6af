package org.byoemail.inbound.ingest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.byoemail.account.registry.Agent;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.audit.AuditLog;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Finds held mails, and records what people decide on them. Safe for use by many threads. */
@Repository
class HeldMailStore {
  private final JdbcClient jdbc;
  private final AuditLog audit;
  private final TransactionTemplate transaction;

  HeldMailStore(JdbcClient jdbc, AuditLog audit, PlatformTransactionManager transactions) {
    this.jdbc = jdbc;
    this.audit = audit;
    this.transaction = new TransactionTemplate(transactions);
  }

  /**
   * The oldest mails that are held for their senders.
   *
   * @param organization null: all
   * @param account null: all
   * @param sender an address, or a domain with @ before it; null: all
   * @param verdict null: any
   */
  List<UUID> oldest(
      @Nullable OrganizationId organization,
      @Nullable UUID account,
      @Nullable String sender,
      @Nullable String verdict,
      int limit) {
    boolean domain = sender != null && sender.startsWith("@");
    return jdbc.sql(
            """
            SELECT id FROM inbound_mail
            WHERE held_at IS NOT NULL AND status = 'quarantined' AND held_because IS NULL
              AND (:organization::text IS NULL OR organization = :organization)
              AND (:account::uuid IS NULL OR account_id = :account)
              AND (:verdict::text IS NULL OR verdict = :verdict)
              AND (:sender::text IS NULL OR lower(sender) = :sender)
              AND (:domain::text IS NULL OR right(lower(sender), length(:domain)) = :domain)
            ORDER BY id LIMIT :limit
            """)
        .param("organization", OrganizationId.valueOrNull(organization))
        .param("account", account)
        .param("verdict", verdict)
        .param("sender", domain ? null : sender)
        .param("domain", domain ? sender : null)
        .param("limit", limit)
        .query(UUID.class)
        .list();
  }

  void inTransaction(Runnable change) {
    transaction.executeWithoutResult(status -> change.run());
  }

  /** Makes a change to an agent, and records it if it changed anything. */
  boolean changed(BooleanSupplier change, String action, Agent agent, Map<String, String> details) {
    return Boolean.TRUE.equals(
        transaction.execute(
            status -> {
              boolean changed = change.getAsBoolean();
              if (changed) {
                audit.record(action, agent.id().value(), agent.organization(), details);
              }
              return changed;
            }));
  }

  /** Records a decision in a transaction of its own: the mail went through the route in others. */
  void audit(String action, InboxEntry item, Map<String, String> details) {
    audit.recordAlone(action, item.id(), item.organization(), all(item, details));
  }

  /** Records a decision in the caller's transaction. */
  void auditWithin(String action, InboxEntry item, Map<String, String> details) {
    audit.record(action, item.id(), item.organization(), all(item, details));
  }

  private static Map<String, String> all(InboxEntry item, Map<String, String> details) {
    Map<String, String> all = new LinkedHashMap<>(details);
    all.put("account", item.account().toString());
    if (item.judged() != null) {
      all.put("verdict", item.judged().verdict());
    }
    return all;
  }
}
