package org.byoemail.outbound.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.delivery.OutboundFixtures;
import org.byoemail.outbound.delivery.SendingSteps;
import org.byoemail.outbound.delivery.SendingTest;
import org.byoemail.outbound.outbox.ReviewDesk;
import org.byoemail.outbound.review.Review;
import org.byoemail.outbound.sentfolder.SentFolderKeeper;
import org.byoemail.outbound.sentfolder.SentFolders;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Permission;
import org.byoemail.platform.event.EventNumbering;
import org.byoemail.platform.event.EventPositions;
import org.byoemail.platform.restore.RestoreConflict;
import org.byoemail.platform.restore.RestoreDetection;
import org.byoemail.support.DovecotServer;
import org.byoemail.support.ScriptedSmtpServer;
import org.byoemail.support.SettableClock;
import org.byoemail.support.TableBackup;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.AutowireCapableBeanFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** A database that is restored from a backup, after mail that it holds as queued has left. */
@SendingTest
class RestoredMailTest {
  @RegisterExtension static final DovecotServer DOVECOT = DovecotServer.shared();

  @Autowired private OutboundFixtures fixtures;
  @Autowired private SendingSteps steps;
  @Autowired private ReviewDesk desk;
  @Autowired private SentFolders folders;
  @Autowired private SentFolderKeeper keeper;
  @Autowired private RestoredMail restoredMail;
  @Autowired private RestoreDetection life;
  @Autowired private EventNumbering numbering;
  @Autowired private EventPositions positions;
  @Autowired private SettableClock clock;
  @Autowired private JdbcClient jdbc;
  @Autowired private JdbcTemplate statements;
  @Autowired private TransactionTemplate transactions;
  @Autowired private AutowireCapableBeanFactory beans;

  private final ScriptedSmtpServer server = new ScriptedSmtpServer();

  @BeforeEach
  void start() {
    fixtures.clear();
    // The counter is raised a minute after the last time, which is the migration's, by the clock of
    // the machine, or one that an earlier test had set.
    jdbc.sql("UPDATE database_life SET raised_at = 'epoch'").update();
    life.look();
    assertThat(life.restored()).isEmpty();
  }

  @AfterEach
  void end() {
    if (life.restored().isPresent()) {
      life.reconciled();
    }
    server.close();
  }

  @Test
  void nothingThatWasQueuedInTheBackupLeavesTwice() throws Exception {
    Account keeping = account("ada");
    folders.set(keeping, true, null);
    UUID kept = fixtures.message(keeping, "ben@example.test");
    UUID notKept = fixtures.message(account("eve"), "ben@example.test");
    UUID withoutFolder =
        fixtures.message(fixtures.account(server.port(), null), "ben@example.test");
    try (TableBackup backup = TableBackup.of(jdbc, statements, transactions)) {
      steps.send();
      clock.advance(Duration.ofMinutes(2));
      keeper.due().forEach(keeper::keep);
      long given = numbering.number();
      life.look();
      assertThat(server.mails()).hasSize(3);

      backup.restore();
      RestoreDetection started = beans.createBean(RestoreDetection.class);

      assertThat(started.restored()).get().matches(RestoreDetection.State::behind);
      assertThat(steps.send()).isZero();
      assertThat(positions.isLost(given)).isTrue();
      assertThat(positions.last()).isGreaterThan(given);
      life.look();
      assertThatThrownBy(() -> life.reconcile(true)).isInstanceOf(RestoreConflict.class);

      clock.advance(Duration.ofSeconds(1));
      UUID later = fixtures.message(keeping, "ben@example.test");
      life.reconcile(false);
      restoredMail.reconcile();

      assertThat(life.restored()).isEmpty();
      assertThat(status(kept)).isEqualTo("sent");
      assertThat(heldReason(notKept)).isEqualTo("restored");
      assertThat(heldReason(withoutFolder)).isEqualTo("restored");
      assertThat(status(notKept)).isEqualTo("held");
      assertThat(fixtures.events(kept)).containsExactly("message.sent");
      assertThat(fixtures.events(notKept)).containsExactly("message.held");
      assertThat(dossier(kept)).last().asString().startsWith("attempt").contains("\"sent\"");
      assertThat(dossier(notKept)).last().asString().startsWith("attempt").contains("\"held\"");
      assertThat(steps.send()).isEqualTo(1);
      assertThat(server.mails()).hasSize(4);
      assertThat(status(later)).isEqualTo("sent");
      clock.advance(Duration.ofMinutes(2));
      assertThat(beans.createBean(RestoreDetection.class).restored()).isEmpty();
    }
  }

  private java.util.List<String> dossier(UUID id) {
    return jdbc.sql(
            "SELECT kind || content FROM dossier_entry WHERE message_id = :id ORDER BY number")
        .param("id", id)
        .query(String.class)
        .list();
  }

  @Test
  void mailThatWasInReviewInTheBackupIsLookedAtAgain() throws Exception {
    jdbc.sql(
            """
            INSERT INTO organization_sending_policy
            VALUES ('acme', '{"review":{"when":"always"}}'::jsonb, statement_timestamp())
            """)
        .update();
    try {
      StoredMessageId message =
          new StoredMessageId(
              fixtures.message(fixtures.account(server.port(), null), "ben@example.test"));
      Review before = desk.last(message).orElseThrow();
      jdbc.sql("UPDATE database_life SET identity = '-/1/2'").update();
      clock.advance(Duration.ofSeconds(1));
      life.look();

      assertThatThrownBy(() -> approve(before)).hasMessageContaining("may have left");
      assertThat(restoredMail.remaining(life.restored().orElseThrow().foundAt())).isOne();
      life.reconcile(false);
      restoredMail.reconcile();

      assertThat(life.restored()).isEmpty();
      Review again = desk.last(message).orElseThrow();
      assertThat(again.reasons())
          .extracting(Review.Reason::code)
          .containsExactly("restored", "always");
      assertThatThrownBy(() -> approve(before)).hasMessageContaining("cancelled");
      approve(again);
      assertThat(steps.send()).isEqualTo(1);
    } finally {
      jdbc.sql("DELETE FROM organization_sending_policy").update();
    }
  }

  @Test
  void mailThatWasApprovedAndSentAfterTheBackupIsFound() throws Exception {
    Account keeping = account("ada");
    folders.set(keeping, true, null);
    jdbc.sql(
            """
            INSERT INTO organization_sending_policy
            VALUES ('acme', '{"review":{"when":"always"}}'::jsonb, statement_timestamp())
            """)
        .update();
    StoredMessageId message = new StoredMessageId(fixtures.message(keeping, "ben@example.test"));
    try (TableBackup backup = TableBackup.of(jdbc, statements, transactions)) {
      approve(desk.last(message).orElseThrow());
      steps.send();
      clock.advance(Duration.ofMinutes(2));
      keeper.due().forEach(keeper::keep);
      life.look();
      assertThat(server.mails()).hasSize(1);

      backup.restore();
      beans.createBean(RestoreDetection.class);
      life.look();
      assertThat(status(message.value())).isEqualTo("in_review");
      life.reconcile(false);
      restoredMail.reconcile();

      assertThat(life.restored()).isEmpty();
      assertThat(status(message.value())).isEqualTo("sent");
      assertThat(desk.last(message).orElseThrow().state()).isEqualTo("cancelled");
    } finally {
      jdbc.sql("DELETE FROM organization_sending_policy").update();
    }
  }

  private void approve(Review review) {
    desk.approve(
        new Caller(
            "one",
            null,
            Set.of(Permission.REVIEWS_DECIDE),
            new OrganizationId("acme"),
            Caller.Kind.KEY,
            UUID.randomUUID(),
            null,
            null),
        review,
        review.version().number(),
        new ReviewDesk.Edits(null, null, null),
        false);
  }

  @Test
  void databaseThatWasMovedGoesOn() throws Exception {
    UUID message = fixtures.message(account("ada"), "ben@example.test");
    jdbc.sql("UPDATE database_life SET identity = '-/1/2'").update();

    life.look();

    assertThat(life.restored()).get().matches(state -> !state.behind());
    assertThat(steps.send()).isZero();
    life.reconcile(true);
    assertThat(life.restored()).isEmpty();
    assertThat(steps.send()).isEqualTo(1);
    assertThat(status(message)).isEqualTo("sent");
    clock.advance(Duration.ofMinutes(2));
    life.look();
    assertThat(life.restored()).isEmpty();
  }

  @Test
  void mailFromBeforeARestoreMayBeKnown() {
    Instant before = clock.instant();
    jdbc.sql("UPDATE database_life SET identity = '-/1/2'").update();
    clock.advance(Duration.ofSeconds(1));
    life.look();

    assertThat(life.mayBeKnown(before)).isTrue();
    assertThat(life.mayBeKnown(clock.instant().plusSeconds(1))).isFalse();
    assertThat(life.mayBeKnown(null)).isFalse();
  }

  @Test
  void nothingIsReconciledWithoutARestore() {
    assertThatThrownBy(() -> life.reconcile(false)).isInstanceOf(RestoreConflict.class);
  }

  private Account account(String user) {
    return fixtures.account(server.port(), DOVECOT.freshUser(user), DOVECOT.imapPort());
  }

  private String status(UUID message) {
    return jdbc.sql("SELECT status FROM outbound_submission WHERE message_id = :id")
        .param("id", message)
        .query(String.class)
        .single();
  }

  private String heldReason(UUID message) {
    return jdbc.sql("SELECT held_reason FROM outbound_delivery WHERE message_id = :id")
        .param("id", message)
        .query(String.class)
        .single();
  }
}
