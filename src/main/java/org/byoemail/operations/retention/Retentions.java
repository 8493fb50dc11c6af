package org.byoemail.operations.retention;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.audit.AuditLog;
import org.byoemail.platform.audit.ChangedFields;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** The retention periods of organisations. Thread-safe. */
@Repository
public class Retentions {
  private static final long LOCK = 0x62796f2d6b656570L;
  private static final RetentionPeriods NONE = new RetentionPeriods(null, null, null, null, null);

  private final JdbcClient jdbc;
  private final RetentionSettings settings;
  private final AuditLog audit;

  Retentions(JdbcClient jdbc, RetentionSettings settings, AuditLog audit) {
    this.jdbc = jdbc;
    this.settings = settings;
    this.audit = audit;
  }

  /** The periods that were set for an organisation. */
  public RetentionPeriods own(OrganizationId organization) {
    return jdbc.sql(
            "SELECT messages, events, attachments, raw_mail, quarantine FROM retention WHERE"
                + " organization = :o")
        .param("o", organization.value())
        .query((row, number) -> read(row))
        .optional()
        .orElse(NONE);
  }

  /** The effective periods of an organisation, none of them null. */
  public RetentionPeriods effective(OrganizationId organization) {
    return own(organization).or(settings.times());
  }

  /** Sets the periods of an organisation and records the change in the audit log. */
  @Transactional
  public void set(OrganizationId organization, RetentionPeriods times) {
    RetentionPeriods before = own(organization);
    jdbc.sql(
            """
            INSERT INTO retention (organization, messages, events, attachments, raw_mail, quarantine)
            VALUES (:o, :messages::int, :events::int, :attachments::int, :rawMail::int, :quarantine::int)
            ON CONFLICT (organization) DO UPDATE SET messages = excluded.messages, events = excluded.events,
              attachments = excluded.attachments, raw_mail = excluded.raw_mail, quarantine = excluded.quarantine
            """)
        .param("o", organization.value())
        .param("messages", times.messages())
        .param("events", times.events())
        .param("attachments", times.attachments())
        .param("rawMail", times.rawMail())
        .param("quarantine", times.quarantine())
        .update();
    audit.record(
        "retention.changed",
        null,
        organization,
        new ChangedFields()
            .compare("messages", before.messages(), times.messages())
            .compare("events", before.events(), times.events())
            .compare("attachments", before.attachments(), times.attachments())
            .compare("rawMail", before.rawMail(), times.rawMail())
            .compare("quarantine", before.quarantine(), times.quarantine())
            .details());
  }

  /** Whether this transaction may delete; if so, no other node does until it ends. */
  @Transactional(propagation = Propagation.MANDATORY)
  public boolean lock() {
    return jdbc.sql("SELECT pg_try_advisory_xact_lock(:lock)")
        .param("lock", LOCK)
        .query(Boolean.class)
        .single();
  }

  /** Organisations with their own periods, which may have nothing but mail in the quarantine. */
  List<OrganizationId> organizations() {
    return jdbc.sql("SELECT organization FROM retention")
        .query((row, number) -> new OrganizationId(row.getString("organization")))
        .list();
  }

  private static RetentionPeriods read(ResultSet row) throws SQLException {
    return new RetentionPeriods(
        row.getObject("messages", Integer.class),
        row.getObject("events", Integer.class),
        row.getObject("attachments", Integer.class),
        row.getObject("raw_mail", Integer.class),
        row.getObject("quarantine", Integer.class));
  }
}
