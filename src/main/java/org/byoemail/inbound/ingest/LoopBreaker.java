package org.byoemail.inbound.ingest;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.SqlTimestamps;
import org.byoemail.platform.event.EventData.CorrespondentHeld;
import org.byoemail.platform.event.Events;
import org.byoemail.platform.event.Events.NewEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Holds a correspondent that has sent an agent more mails within an hour than is set, and was sent
 * as many: two machines that answer each other. Its mail goes to the quarantine until an operator
 * lifts that. Safe for use by many threads and nodes.
 */
@Component
class LoopBreaker {
  private static final Logger log = LoggerFactory.getLogger(LoopBreaker.class);
  private static final Duration WINDOW = Duration.ofHours(1);

  /** Ids are made by the clocks of the nodes, and the window is PostgreSQL's. */
  private static final Duration CLOCKS_APART = Duration.ofHours(1);

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final Events events;
  private final Counter counter;
  private final Clock clock;
  private final int most;

  LoopBreaker(
      JdbcClient jdbc,
      TransactionTemplate transaction,
      Events events,
      MeterRegistry meters,
      InboundSettings settings,
      Clock clock) {
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.events = events;
    this.counter =
        Counter.builder("byo.inbound.loops")
            .description("correspondents held because they and an agent answered each other")
            .register(meters);
    this.most = settings.loopLimit();
    this.clock = clock;
  }

  /**
   * The senders to an agent that are held, including those held from now on.
   *
   * @param account whose mailbox the mail is in
   * @param senders who sends how many mails in this batch
   */
  Set<EmailAddress> held(Account account, AgentId agent, Map<EmailAddress, Integer> senders) {
    if (senders.isEmpty()) {
      return Set.of();
    }
    Set<EmailAddress> held = new HashSet<>();
    Map<EmailAddress, Instant> busy = new HashMap<>();
    look(agent, senders.keySet(), held, busy);
    busy.forEach(
        (sender, since) -> {
          long received = received(agent, sender, since) + senders.get(sender);
          if (received > most) {
            hold(account, agent, sender, received);
            held.add(sender);
          }
        });
    return held;
  }

  /** One statement for all; most senders were not written to within the hour. */
  private void look(
      AgentId agent,
      Collection<EmailAddress> senders,
      Set<EmailAddress> held,
      Map<EmailAddress, Instant> busy) {
    jdbc.sql(
            """
            SELECT s.address, s.since, s.held, (SELECT count(*) FROM (
                SELECT 1 FROM message_recipient r JOIN message m ON m.id = r.message_id
                JOIN endpoint e ON e.id = m.endpoint_id
                WHERE r.address = s.address AND r.message_id > :first AND m.direction = 'outbound'
                  AND e.owner_agent_id = :agent AND m.created_at > s.since LIMIT :most + 1) sent) AS sent
            FROM (SELECT a.address, greatest(h.lifted_at, statement_timestamp() - :window * interval '1 second') AS since,
                h.held_at IS NOT NULL AND h.lifted_at IS NULL AS held
              FROM unnest(:addresses::text[]) AS a (address)
              LEFT JOIN held_correspondent h ON h.agent_id = :agent AND h.address = a.address) s
            """)
        .param("agent", agent.value())
        .param("addresses", senders.stream().map(EmailAddress::value).toArray(String[]::new))
        .param("window", WINDOW.toSeconds())
        .param("first", Ids.firstOf(clock.instant().minus(WINDOW).minus(CLOCKS_APART)))
        .param("most", most)
        .query(
            row -> {
              EmailAddress sender = new EmailAddress(row.getString("address"));
              if (row.getBoolean("held")) {
                held.add(sender);
              } else if (row.getLong("sent") > most) {
                busy.put(sender, row.getTimestamp("since").toInstant());
              }
            });
  }

  private long received(AgentId agent, EmailAddress sender, Instant since) {
    return jdbc.sql(
            """
            SELECT count(*) FROM message m JOIN endpoint e ON e.id = m.endpoint_id
            WHERE m.direction = 'inbound' AND lower(m.from_address) = :sender AND e.owner_agent_id = :agent
              AND m.created_at > :since
            """)
        .param("sender", sender.value())
        .param("agent", agent.value())
        .param("since", SqlTimestamps.parameter(since))
        .query(Long.class)
        .single();
  }

  private void hold(Account account, AgentId agent, EmailAddress sender, long mails) {
    transaction.executeWithoutResult(
        status -> {
          int changed =
              jdbc.sql(
                      """
                      INSERT INTO held_correspondent AS h (agent_id, address, mails, held_at)
                      VALUES (:agent, :address, :mails, statement_timestamp())
                      ON CONFLICT (agent_id, address) DO UPDATE
                        SET mails = excluded.mails, held_at = excluded.held_at, lifted_at = NULL
                        WHERE h.lifted_at IS NOT NULL
                      """)
                  .param("agent", agent.value())
                  .param("address", sender.value())
                  .param("mails", mails)
                  .update();
          if (changed > 0) {
            counter.increment();
            log.warn("a correspondent of agent {} is held: {} mails", agent, mails);
            events.record(
                new NewEvent(
                    account.organization(),
                    null,
                    account.id().value(),
                    new CorrespondentHeld(agent.value(), sender.value(), mails)));
          }
        });
  }
}
