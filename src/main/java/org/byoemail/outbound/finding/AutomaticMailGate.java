package org.byoemail.outbound.finding;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.account.registry.OutgoingAction;
import org.byoemail.account.registry.SendingPolicy;
import org.byoemail.format.mail.ConversationId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.gate.GateDecision;
import org.byoemail.outbound.gate.GateDecision.Result;
import org.byoemail.outbound.gate.GateRequest;
import org.byoemail.outbound.gate.GateRequest.Phase;
import org.byoemail.outbound.gate.SendingGate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Keeps agents from answering machines: automatic mail, mailing lists and reports, by the mark that
 * ingestion stored with their mail (RFC 3834, section 2). Safe for use by many threads.
 */
@Component
class AutomaticMailGate implements SendingGate {
  private static final String WORD = "automatic-mail";

  private final JdbcClient jdbc;

  AutomaticMailGate(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public String word() {
    return WORD;
  }

  /** What a mail answers does not change: it is decided once, when it is accepted. */
  @Override
  public boolean isNeeded(SendingPolicy policy, Phase phase) {
    return policy.automaticMail().answers() != OutgoingAction.ALLOW && phase != Phase.BEGIN;
  }

  @Override
  public boolean isNeeded(SendingPolicy policy, Phase phase, boolean isAnswer) {
    return isAnswer && isNeeded(policy, phase);
  }

  @Override
  public GateDecision decide(GateRequest request) {
    StoredMessageId answered = request.contents().get().inReplyTo();
    Optional<String> mark =
        answered == null ? Optional.empty() : mark(answered).or(() -> newest(request));
    if (mark.isEmpty()) {
      return GateDecision.pass(WORD, Map.of());
    }
    Result result =
        switch (request.policy().automaticMail().answers()) {
          case ALLOW -> Result.PASS;
          case MARK -> Result.MARK;
          case REVIEW -> Result.REVIEW;
          case REFUSE -> Result.REFUSE;
        };
    return GateDecision.of(
        WORD,
        result,
        "answers-" + mark.get(),
        "it answers "
            + words(mark.get())
            + ": wait for a person's mail, or set sendingPolicy.automaticMail.answers",
        Map.of("answered", String.valueOf(answered), "mark", mark.get()));
  }

  private static String words(String mark) {
    return switch (mark) {
      case "list" -> "a mailing list";
      case "report" -> "a delivery report";
      default -> "automatic mail (" + mark + ")";
    };
  }

  /**
   * Of the newest mail that a recipient has sent to the conversation within a day: an agent that a
   * machine answers each time may name an older mail, or one of its own. Not beyond the
   * conversation: that somebody is away forbids no new one.
   */
  private Optional<String> newest(GateRequest request) {
    ConversationId conversation = request.conversation();
    if (conversation == null) {
      return Optional.empty();
    }
    return jdbc
        .sql(
            """
            SELECT id FROM (
              SELECT DISTINCT ON (lower(from_address)) id, created_at FROM message
              WHERE conversation_id = :conversation AND direction = 'inbound' AND lower(from_address) = ANY (:recipients)
              ORDER BY lower(from_address), created_at DESC, id DESC) newest
            WHERE created_at > statement_timestamp() - interval '1 day'
            """)
        .param("conversation", conversation.value())
        .param(
            "recipients",
            request.recipients().keySet().stream().map(EmailAddress::value).toArray(String[]::new))
        .query(UUID.class)
        .list()
        .stream()
        .map(id -> mark(new StoredMessageId(id)))
        .flatMap(Optional::stream)
        .findFirst();
  }

  /** Empty for a person's mail, and for what the agent sent itself. */
  private Optional<String> mark(StoredMessageId message) {
    return jdbc
        .sql(
            """
            SELECT CASE WHEN kind IN ('failed', 'delayed', 'success', 'mdn', 'arf') THEN 'report'
              WHEN kind = 'auto-reply' THEN 'auto-replied' ELSE auto_submitted END
            FROM inbound_mail WHERE message_id = :message
            """)
        .param("message", message.value())
        .query(String.class)
        .list()
        .stream()
        .filter(Objects::nonNull)
        .findFirst();
  }
}
