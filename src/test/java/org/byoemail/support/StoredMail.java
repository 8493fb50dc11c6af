package org.byoemail.support;

import com.fasterxml.uuid.Generators;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Inbound mails as rows, for tests of what shows them. */
public final class StoredMail {
  private final JdbcClient jdbc;

  public StoredMail(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * A mail that has become a message of the account.
   *
   * @return the id of the message
   */
  public UUID ingested(UUID account, String subject, String text, @Nullable String html) {
    return ingested(account, subject, text, html, id());
  }

  /** A mail whose message has that id. */
  public UUID ingested(
      UUID account, String subject, String text, @Nullable String html, UUID message) {
    UUID conversation = id();
    jdbc.sql(
            """
            WITH owner AS (SELECT a.endpoint_id, a.agent_id, g.organization FROM agent_email_account a
                JOIN agent g ON g.id = a.agent_id WHERE a.id = :account),
              talk AS (INSERT INTO conversation (id, agent_id, subject, created_at, last_message_at)
                SELECT :conversation, agent_id, :subject, now(), now() FROM owner)
            INSERT INTO message (id, organization, conversation_id, endpoint_id, direction, from_address, from_name,
              to_addresses, subject, text_body, html_body, rfc_message_id, headers, created_at)
            SELECT :message, organization, :conversation, endpoint_id, 'inbound', 'stranger@else.test', 'A Stranger',
              '{us@example.test}', :subject, :text, :html, 'id@else.test',
              '[{"name": "X-Odd", "value": "<b>odd</b>"}]', now() FROM owner
            """)
        .param("account", account)
        .param("message", message)
        .param("conversation", conversation)
        .param("subject", subject)
        .param("text", text)
        .param("html", html)
        .update();
    mail(account, "ingested", subject, message, null, null);
    return message;
  }

  /** What was found in a message. */
  public void screening(UUID message, String hiddenText, String evidence) {
    jdbc.sql(
            """
            INSERT INTO message_screening (message_id, plain_text, preheader, hidden, findings)
            VALUES (:message, 'plain words', 'Sale today',
              jsonb_build_array(jsonb_build_object('source', 'display', 'text', CAST(:hidden AS text))),
              jsonb_build_array(jsonb_build_object('kind', 'hidden-instructions', 'severity', 'serious',
                'evidence', CAST(:evidence AS text))))
            """)
        .param("message", message)
        .param("hidden", hiddenText)
        .param("evidence", evidence)
        .update();
  }

  /** A mail that became no message. */
  public UUID mail(
      UUID account,
      String status,
      String subject,
      @Nullable UUID message,
      @Nullable String reason,
      @Nullable String rawSha256) {
    UUID id = id();
    UUID mailbox = mailbox(account);
    jdbc.sql(
            """
            INSERT INTO inbound_mail (id, organization, mailbox_id, uid_validity, uid, account_id, status, reason,
              message_id, fingerprint, raw_sha256, size, sender, subject, authentication, received_at, created_at)
            SELECT :id, g.organization, :mailbox, 1,
              (SELECT coalesce(max(uid), 0) + 1 FROM inbound_mail WHERE mailbox_id = :mailbox), a.id, :status,
              :reason, :message, '\\x00', :raw, 1234, 'stranger@else.test', :subject, 'fail', now(), now()
            FROM agent_email_account a JOIN agent g ON g.id = a.agent_id WHERE a.id = :account
            """)
        .param("id", id)
        .param("mailbox", mailbox)
        .param("account", account)
        .param("status", status)
        .param("reason", reason)
        .param("message", message)
        .param("raw", rawSha256)
        .param("subject", subject)
        .update();
    return id;
  }

  /** A mail that is held for review: signed by list.test, which is not its author's domain. */
  public UUID held(UUID account, String subject, @Nullable String rawSha256) {
    UUID id = mail(account, "quarantined", subject, null, "its sender is not proven", rawSha256);
    jdbc.sql(
            """
            UPDATE inbound_mail SET held_at = now(), verdict = 'unproven', verdict_reason = 'nobody signed it',
              verdict_facts = '{"facts": [{"kind": "dkim", "detail": "list.test: pass"}],
                "proofs": {"signers": ["list.test"], "envelope": "", "list": "", "dmarcFailed": false}}'
            WHERE id = :id
            """)
        .param("id", id)
        .update();
    return id;
  }

  /** A file of a message, whose content is not in the store unless the hash says so. */
  public UUID file(UUID message, String name, String contentType, String sha256, long size) {
    UUID id = id();
    jdbc.sql(
            """
            INSERT INTO attachment (id, organization, message_id, name, content_type, size, sha256, created_at)
            SELECT :id, organization, id, :name, :contentType, :size, :sha256, now() FROM message WHERE id = :message
            """)
        .param("id", id)
        .param("message", message)
        .param("name", name)
        .param("contentType", contentType)
        .param("size", size)
        .param("sha256", sha256)
        .update();
    return id;
  }

  /** A published event; its id. */
  public UUID event(String organization, String type, @Nullable UUID message) {
    UUID id = id();
    jdbc.sql(
            """
            INSERT INTO event (id, position, organization, type, message_id, sequence, body, created_at, published_at)
            VALUES (:id,
              (SELECT greatest(value, (SELECT coalesce(max(position), 0) FROM event)) + 1
                FROM event_position WHERE name = 'numbered'),
              :organization, :type, :message,
              (SELECT coalesce(max(sequence), 0) + 1 FROM event WHERE message_id = :message),
              '{"note": "<script>"}', now(), now())
            """)
        .param("id", id)
        .param("organization", organization)
        .param("type", type)
        .param("message", message)
        .update();
    return id;
  }

  private UUID mailbox(UUID account) {
    return jdbc.sql("SELECT id FROM mailbox WHERE account_id = :account")
        .param("account", account)
        .query(UUID.class)
        .single();
  }

  private static UUID id() {
    return Generators.timeBasedEpochGenerator().generate();
  }
}
