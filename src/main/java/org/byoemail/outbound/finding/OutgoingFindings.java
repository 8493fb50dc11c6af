package org.byoemail.outbound.finding;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.gate.GateDecision;
import org.byoemail.outbound.gate.GateRequest;
import org.byoemail.outbound.gate.GateResult;
import org.byoemail.platform.event.EventData.MessageFlagged;
import org.byoemail.platform.event.Events;
import org.byoemail.platform.event.Events.NewEvent;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** What was found in outgoing mail, stored with each message. Safe for use by many threads. */
@Repository
public class OutgoingFindings {
  private static final String OTHER_TENANT = "other-tenant";

  private final JdbcClient jdbc;
  private final Events events;

  OutgoingFindings(JdbcClient jdbc, Events events) {
    this.jdbc = jdbc;
    this.events = events;
  }

  /**
   * What was found.
   *
   * @param name what it is of its kind; empty for kinds that have no names
   * @param place where it stands
   * @param evidence masked
   * @param action what the agent's sending policy said when the mail was accepted
   */
  public record Found(String kind, String name, String place, String evidence, String action) {
    private static Found of(Map<?, ?> fact) {
      return new Found(
          text(fact, "kind"),
          text(fact, "name"),
          text(fact, "place"),
          text(fact, "evidence"),
          text(fact, "action"));
    }

    private static String text(Map<?, ?> fact, String field) {
      return String.valueOf(fact.get(field));
    }
  }

  /** Whether something was found that is stored. */
  public boolean areIn(GateResult gates) {
    return !found(gates).isEmpty();
  }

  /** Stores what was found in a new message, and publishes it. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void store(StoredMessageId message, GateRequest.Origin origin, GateResult gates) {
    List<Found> rows = found(gates);
    jdbc.sql(
            """
            INSERT INTO outgoing_finding (message_id, position, kind, name, place, evidence, action)
            SELECT :message, n.position, n.kind, n.name, n.place, n.evidence, n.action
            FROM unnest(:kinds::text[], :names::text[], :places::text[], :evidence::text[], :actions::text[])
              WITH ORDINALITY AS n (kind, name, place, evidence, action, position)
            """)
        .param("message", message.value())
        .param("kinds", column(rows, Found::kind))
        .param("names", column(rows, Found::name))
        .param("places", column(rows, Found::place))
        .param("evidence", column(rows, Found::evidence))
        .param("actions", column(rows, Found::action))
        .update();
    List<MessageFlagged.Flag> flags =
        rows.stream()
            .filter(one -> !one.kind().equals(OTHER_TENANT))
            .map(one -> new MessageFlagged.Flag(one.kind(), one.name(), one.place(), one.action()))
            .toList();
    if (!flags.isEmpty()) {
      UUID account = origin.account() == null ? null : origin.account().value();
      events.record(
          new NewEvent(origin.organization(), message.value(), account, new MessageFlagged(flags)));
    }
  }

  private static String[] column(List<Found> rows, Function<Found, String> field) {
    return rows.stream().map(field).toArray(String[]::new);
  }

  private static List<Found> found(GateResult gates) {
    List<Found> found = new ArrayList<>();
    for (GateDecision decision : gates.decisions()) {
      if (decision.gate().equals(FindingsGate.WORD)) {
        add(decision.facts(), found);
        add(decision.operatorFacts(), found);
      }
    }
    return found;
  }

  private static void add(Map<String, Object> facts, List<Found> to) {
    if (facts.get(FindingsGate.WORD) instanceof List<?> list) {
      for (Object one : list) {
        if (one instanceof Map<?, ?> fact) {
          to.add(Found.of(fact));
        }
      }
    }
  }

  /**
   * What was found in a message, in order.
   *
   * @param isOperator whether the reader sees every organisation: only such a reader is shown
   *     addresses of other organisations
   */
  public List<Found> of(StoredMessageId message, boolean isOperator) {
    return jdbc.sql(
            "SELECT kind, name, place, evidence, action FROM outgoing_finding WHERE message_id ="
                + " :message AND (:all OR kind <> :hidden) ORDER BY position")
        .param("message", message.value())
        .param("all", isOperator)
        .param("hidden", OTHER_TENANT)
        .query(
            (row, number) ->
                new Found(
                    row.getString("kind"),
                    row.getString("name"),
                    row.getString("place"),
                    row.getString("evidence"),
                    row.getString("action")))
        .list();
  }
}
