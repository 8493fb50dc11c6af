package org.byoemail.outbound.outbox;

import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.ObjectName;
import org.byoemail.platform.audit.AuditActor;
import org.byoemail.platform.audit.AuditLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A pause of all sending, on all nodes from their next claim on. Submissions are still accepted. It
 * survives restarts and lasts until an operator ends it. Also over JMX, as {@code
 * org.byoemail:type=SendingPause}.
 */
@Component
public class SendingPause implements SendingPauseMXBean, InitializingBean, DisposableBean {
  private static final Logger log = LoggerFactory.getLogger(SendingPause.class);
  private static final String NAME = "org.byoemail:type=SendingPause";

  private final JdbcClient jdbc;
  private final AuditLog audit;
  private final TransactionTemplate transactions;
  private boolean registered;

  SendingPause(JdbcClient jdbc, AuditLog audit, TransactionTemplate transactions) {
    this.jdbc = jdbc;
    this.audit = audit;
    this.transactions = transactions;
  }

  /** Who paused, and since when. */
  public record State(String pausedBy, Instant pausedAt) {}

  /** The pause; empty if sending is not paused. */
  public Optional<State> state() {
    return jdbc.sql("SELECT paused_by, paused_at FROM sending_pause")
        .query(
            (row, number) ->
                new State(row.getString("paused_by"), row.getTimestamp("paused_at").toInstant()))
        .optional();
  }

  /** Pauses sending; pausing again changes nothing. */
  public void pause(String by) {
    transactions.executeWithoutResult(
        status -> {
          int paused =
              jdbc.sql(
                      """
                      INSERT INTO sending_pause (paused_by, paused_at) VALUES (:by, statement_timestamp())
                      ON CONFLICT (everything) DO NOTHING
                      """)
                  .param("by", by)
                  .update();
          if (paused > 0) {
            audit.record("sending.paused", null, null, Map.of());
            log.warn("sending is paused by {}", by);
          }
        });
  }

  /** Resumes sending. */
  public void end() {
    transactions.executeWithoutResult(
        status -> {
          if (jdbc.sql("DELETE FROM sending_pause").update() > 0) {
            audit.record("sending.resumed", null, null, Map.of());
            log.info("sending resumed");
          }
        });
  }

  @Override
  public void resume() {
    audit.runAs(AuditActor.jmx(), this::end);
  }

  @Override
  public boolean isPaused() {
    return state().isPresent();
  }

  @Override
  public void pause() {
    audit.runAs(AuditActor.jmx(), () -> pause("JMX"));
  }

  @Override
  public void afterPropertiesSet() throws JMException {
    try {
      ManagementFactory.getPlatformMBeanServer().registerMBean(this, new ObjectName(NAME));
      registered = true;
    } catch (InstanceAlreadyExistsException e) {
      log.debug("another gateway in this JVM has {}", NAME);
    }
  }

  @Override
  public void destroy() throws JMException {
    if (registered) {
      ManagementFactory.getPlatformMBeanServer().unregisterMBean(new ObjectName(NAME));
    }
  }
}
