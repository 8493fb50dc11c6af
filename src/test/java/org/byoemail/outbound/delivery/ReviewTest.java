package org.byoemail.outbound.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.outbox.Outbox;
import org.byoemail.outbound.outbox.ReviewDesk;
import org.byoemail.outbound.outbox.ReviewDesk.Edits;
import org.byoemail.outbound.outbox.ReviewForbidden;
import org.byoemail.outbound.provenance.Origin;
import org.byoemail.outbound.review.Review;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Permission;
import org.byoemail.support.ScriptedSmtpServer;
import org.byoemail.support.SettableClock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Mail that a person approves before it is sent: exactly that, once, or nothing. */
@SendingTest
class ReviewTest {
  private static final Edits AS_IT_IS = new Edits(null, null, null);

  private final OutboundFixtures fixtures;
  private final SendingSteps steps;
  private final Outbox outbox;
  private final ReviewDesk desk;
  private final ReviewLifecycle lifecycle;
  private final ExpiredClaimRecovery recovery;
  private final JdbcClient jdbc;
  private final SettableClock clock;
  private final ScriptedSmtpServer server = new ScriptedSmtpServer();

  @Autowired
  ReviewTest(
      OutboundFixtures fixtures,
      SendingSteps steps,
      Outbox outbox,
      ReviewDesk desk,
      ReviewLifecycle lifecycle,
      ExpiredClaimRecovery recovery,
      JdbcClient jdbc,
      SettableClock clock) {
    this.fixtures = fixtures;
    this.steps = steps;
    this.outbox = outbox;
    this.desk = desk;
    this.lifecycle = lifecycle;
    this.recovery = recovery;
    this.jdbc = jdbc;
    this.clock = clock;
  }

  @BeforeEach
  void clear() {
    fixtures.clear();
    jdbc.sql("DELETE FROM organization_sending_policy").update();
  }

  @AfterEach
  void stop() throws Exception {
    jdbc.sql("DELETE FROM organization_sending_policy").update();
    jdbc.sql("DELETE FROM permission_key WHERE name = 'review test'").update();
    server.close();
  }

  @Test
  void mailInReviewHasNoDeliveryAndIsNeverClaimed() throws Exception {
    UUID message = reviewed("always");

    steps.send();

    assertThat(fixtures.status(message)).isEqualTo("in_review");
    assertThat(fixtures.recipients(message)).containsExactly("in_review");
    assertThat(deliveries(message)).isZero();
    assertThat(server.mails()).isEmpty();
    assertThat(fixtures.events(message)).containsExactly("message.review_requested");
  }

  @Test
  void approvedBytesAreSentOnceButForDateAndTheAttempt() throws Exception {
    UUID message = reviewed("always");
    Review review = review(message);
    String kept = kept(review, 1);

    Review approved = desk.approve(reviewer("one"), review, 1, AS_IT_IS, false);
    steps.send();
    steps.send();

    assertThat(approved.state()).isEqualTo("approved");
    assertThat(server.mails()).hasSize(1);
    assertThat(constant(server.mails().get(0))).isEqualTo(constant(kept));
    assertThat(review(message).state()).isEqualTo("used");
    assertThat(fixtures.status(message)).isEqualTo("sent");
    assertThat(fixtures.events(message))
        .containsExactly("message.review_requested", "message.approved", "message.sent");
  }

  @Test
  void decisionThatIsRepeatedAnswersTheSameAndOthersAreRefused() throws Exception {
    UUID message = reviewed("always");
    Review review = review(message);
    desk.approve(reviewer("one"), review, 1, AS_IT_IS, false);

    assertThat(desk.approve(reviewer("one"), review, 1, AS_IT_IS, false).state())
        .isEqualTo("approved");
    assertThatThrownBy(() -> desk.reject(reviewer("two"), review, 1, "no"))
        .isInstanceOf(ReviewConflict.class)
        .hasMessageContaining("approved already");
    assertThatThrownBy(() -> desk.approve(reviewer("two"), review, 1, AS_IT_IS, false))
        .isInstanceOf(ReviewConflict.class);
    assertThat(deliveries(message)).isOne();
  }

  @Test
  void ofTwoReviewersAtOnceOneWins() throws Exception {
    UUID message = reviewed("always");
    Review review = review(message);

    List<Object> results =
        atOnce(
            () -> desk.approve(reviewer("one"), review, 1, AS_IT_IS, false),
            () -> desk.reject(reviewer("two"), review, 1, "no"));
    steps.send();

    assertThat(results).filteredOn(ReviewConflict.class::isInstance).hasSize(1);
    assertThat(server.mails()).hasSize(review(message).state().equals("rejected") ? 0 : 1);
  }

  @Test
  void rejectedMailIsCancelledWithTheReason() throws Exception {
    UUID message = reviewed("always");

    desk.reject(reviewer("one"), review(message), 1, "the price is wrong");
    steps.send();

    assertThat(server.mails()).isEmpty();
    assertThat(fixtures.status(message)).isEqualTo("cancelled");
    assertThat(fixtures.events(message))
        .containsExactly("message.review_requested", "message.cancelled", "message.rejected");
    assertThat(
            jdbc.sql("SELECT diagnostic FROM message_recipient WHERE message_id = :id")
                .param("id", message)
                .query(String.class)
                .list())
        .containsExactly("the price is wrong");
  }

  @Test
  void editedMailIsAnotherVersionAndBothAreKept() throws Exception {
    UUID message = reviewed("always");
    Review review = review(message);

    desk.approve(reviewer("one"), review, 1, new Edits("Better", "Better text.", null), false);
    steps.send();

    assertThat(server.mails()).hasSize(1);
    assertThat(server.mails().get(0)).contains("Subject: Better", "Better text.");
    assertThat(kept(review, 1)).contains("Subject: Hello");
    assertThat(constant(server.mails().get(0))).isEqualTo(constant(kept(review, 2)));
  }

  @Test
  void versionThatWasNotLookedAtIsNotApproved() {
    UUID message = reviewed("always");

    assertThatThrownBy(() -> desk.approve(reviewer("one"), review(message), 2, AS_IT_IS, false))
        .isInstanceOf(ReviewConflict.class);
    assertThat(deliveries(message)).isZero();
  }

  @Test
  void approvalAfterCancelOrExpiryIsRefused() throws Exception {
    UUID cancelled = reviewed("always");
    UUID expired = reviewed("always");
    Review ofCancelled = review(cancelled);
    outbox.cancel(new StoredMessageId(cancelled));
    jdbc.sql("UPDATE outbound_review SET expires_at = requested_at WHERE message_id = :id")
        .param("id", expired)
        .update();
    recovery.expire();

    assertThatThrownBy(() -> desk.approve(reviewer("one"), ofCancelled, 1, AS_IT_IS, false))
        .isInstanceOf(ReviewConflict.class)
        .hasMessageContaining("cancelled");
    assertThatThrownBy(() -> desk.approve(reviewer("one"), review(expired), 1, AS_IT_IS, false))
        .isInstanceOf(ReviewConflict.class)
        .hasMessageContaining("expired");
    steps.send();
    assertThat(server.mails()).isEmpty();
    assertThat(fixtures.status(expired)).isEqualTo("expired");
    assertThat(fixtures.events(expired)).contains("message.review_expired");
  }

  @Test
  void submitterAndKeysWithoutThePermissionNeverDecide() {
    UUID message = reviewed("always");
    Review review = review(message);
    UUID key = UUID.randomUUID();
    jdbc.sql("UPDATE outbound_review SET submitter_key = :key WHERE id = :id")
        .param("key", key)
        .param("id", review.id())
        .update();
    Review submitted = review(message);

    assertThatThrownBy(() -> desk.approve(caller("one", key, true), submitted, 1, AS_IT_IS, false))
        .isInstanceOf(ReviewForbidden.class);
    assertThatThrownBy(
            () ->
                desk.approve(
                    caller("two", UUID.randomUUID(), false), submitted, 1, AS_IT_IS, false))
        .isInstanceOf(ReviewForbidden.class);
    assertThat(deliveries(message)).isZero();
  }

  @Test
  void nothingIsApprovedWhileAnOlderNodeCouldClaimIt() {
    UUID message = reviewed("always");
    Review review = review(message);
    jdbc.sql(
            """
            INSERT INTO gateway_node (id, name, migration, started_at, seen_at)
            VALUES ('older', 'older', 148, statement_timestamp(), statement_timestamp())
            """)
        .update();
    try {
      assertThatThrownBy(() -> desk.approve(reviewer("one"), review, 1, AS_IT_IS, false))
          .isInstanceOf(ReviewConflict.class)
          .hasMessageContaining("older release");
    } finally {
      jdbc.sql("DELETE FROM gateway_node WHERE id = 'older'").update();
    }
    assertThat(deliveries(message)).isZero();
  }

  @Test
  void keysThatMadeOneAnotherAreOne() throws Exception {
    policy("{\"review\":{\"when\":\"always\",\"fourEyes\":true}}");
    UUID message = message();
    UUID submitter = key(null);
    UUID made = key(key(submitter));
    UUID reviewer = key(null);
    UUID madeByReviewer = key(reviewer);
    jdbc.sql("UPDATE outbound_review SET submitter_key = :key WHERE message_id = :id")
        .param("key", submitter)
        .param("id", message)
        .update();
    Review review = review(message);

    assertThatThrownBy(() -> desk.approve(caller("one", made, true), review, 1, AS_IT_IS, false))
        .isInstanceOf(ReviewForbidden.class);
    desk.approve(caller("two", reviewer, true), review, 1, AS_IT_IS, false);
    desk.approve(caller("three", madeByReviewer, true), review, 1, AS_IT_IS, false);
    assertThat(review(message).isOpen()).isTrue();
    desk.approve(caller("four", key(null), true), review, 1, AS_IT_IS, false);
    assertThat(review(message).state()).isEqualTo("approved");
  }

  private UUID key(@Nullable UUID parent) {
    UUID id = UUID.randomUUID();
    jdbc.sql(
            """
            INSERT INTO permission_key (id, name, permissions, organization, parent, key_sha256, created_at)
            VALUES (:id, 'review test', '{reviews:decide}', 'acme', :parent, sha256(:id::text::bytea), statement_timestamp())
            """)
        .param("id", id)
        .param("parent", parent)
        .update();
    return id;
  }

  @Test
  void approvalAfterItsTimeIsRefusedAlsoBeforeItIsEnded() {
    UUID message = reviewed("always");
    Review review = review(message);
    jdbc.sql("UPDATE outbound_review SET expires_at = requested_at WHERE message_id = :id")
        .param("id", message)
        .update();

    assertThatThrownBy(() -> desk.approve(reviewer("one"), review, 1, AS_IT_IS, false))
        .isInstanceOf(ReviewConflict.class)
        .hasMessageContaining("is over");
    assertThat(deliveries(message)).isZero();
  }

  @Test
  void twoPeopleMustApproveWhereThePolicySaysSo() throws Exception {
    policy("{\"review\":{\"when\":\"always\",\"fourEyes\":true}}");
    UUID message = message();
    Review review = review(message);

    desk.approve(reviewer("one"), review, 1, AS_IT_IS, false);
    desk.approve(reviewer("one"), review, 1, AS_IT_IS, false);
    steps.send();
    assertThat(server.mails()).isEmpty();

    desk.approve(reviewer("two"), review, 1, AS_IT_IS, false);
    steps.send();
    assertThat(server.mails()).hasSize(1);
  }

  @Test
  void policyThatWasTightenedMeanwhileIsDecidedAtTheAttempt() throws Exception {
    UUID message = message();
    policy("{\"review\":{\"when\":\"always\"}}");

    steps.send();

    assertThat(server.mails()).isEmpty();
    assertThat(fixtures.status(message)).isEqualTo("in_review");
    assertThat(deliveries(message)).isZero();
    desk.approve(reviewer("one"), review(message), 1, AS_IT_IS, false);
    steps.send();
    assertThat(server.mails()).hasSize(1);
  }

  @Test
  void mailThatCannotBeDecidedKeepsNoOtherFromBeingSent() throws Exception {
    Account account = fixtures.account(server.port(), null);
    UUID broken = fixtures.message(account, "ben@example.test");
    UUID other = fixtures.message(account, "ben@example.test");
    jdbc.sql("UPDATE message_recipient SET mailbox = 'unreadable' WHERE message_id = :id")
        .param("id", broken)
        .update();
    policy("{\"findings\":{\"secret\":\"refuse\"}}");

    steps.send();

    assertThat(fixtures.status(other)).isEqualTo("sent");
    assertThat(fixtures.status(broken)).isEqualTo("queued");
    assertThat(server.mails()).hasSize(1);
  }

  @Test
  void newMailInTheConversationAsksAgain() throws Exception {
    UUID message = reviewed("always");
    desk.approve(reviewer("one"), review(message), 1, AS_IT_IS, false);
    jdbc.sql(
            """
            INSERT INTO message (id, organization, conversation_id, endpoint_id, direction, from_address, subject, created_at)
            SELECT gen_random_uuid(), organization, conversation_id, endpoint_id, 'inbound', 'eve@example.test', subject,
              statement_timestamp() + interval '1 second'
            FROM message WHERE id = :id
            """)
        .param("id", message)
        .update();

    steps.send();

    assertThat(server.mails()).isEmpty();
    assertThat(review(message).isOpen()).isTrue();
    assertThat(review(message).reasons())
        .extracting(Review.Reason::code)
        .containsExactly("conversation-changed");
  }

  @Test
  void unknownOfReviewedMailIsHeldAndAReleaseAsksAgain() throws Exception {
    server.answer(ScriptedSmtpServer.END_OF_DATA, ScriptedSmtpServer.CUT);
    UUID message = reviewed("always");
    desk.approve(reviewer("one"), review(message), 1, AS_IT_IS, false);

    steps.send();
    clock.advance(Duration.ofDays(1));
    steps.send();
    assertThat(server.mails()).hasSize(1);
    assertThat(fixtures.status(message)).isEqualTo("held");

    outbox.release(new StoredMessageId(message));
    steps.send();
    assertThat(server.mails()).hasSize(1);
    assertThat(fixtures.status(message)).isEqualTo("in_review");
    assertThat(deliveries(message)).isZero();
    assertThat(review(message).reasons())
        .extracting(Review.Reason::code)
        .containsExactly("released");
  }

  @Test
  void approvalThatExpiredBeforeItsAttemptAllowsToSendAgain() throws Exception {
    UUID message = reviewed("always");
    desk.approve(reviewer("one"), review(message), 1, AS_IT_IS, false);
    jdbc.sql("UPDATE outbound_submission SET expires_at = accepted_at WHERE message_id = :id")
        .param("id", message)
        .update();
    recovery.expire();
    assertThat(fixtures.status(message)).isEqualTo("expired");
    assertThat(review(message).state()).isEqualTo("cancelled");
    // As an older release left it.
    jdbc.sql("UPDATE outbound_review SET state = 'approved' WHERE message_id = :id")
        .param("id", message)
        .update();

    outbox.resend(new StoredMessageId(message));

    assertThat(review(message).isOpen()).isTrue();
    assertThat(review(message).reasons()).extracting(Review.Reason::code).containsExactly("resent");
    assertThatThrownBy(() -> outbox.resend(new StoredMessageId(message)))
        .isInstanceOf(DeliveryConflict.class)
        .hasMessageContaining("waits for a review");
  }

  @Test
  void approvalStaysWhereNoAttemptBegan() {
    UUID message = reviewed("always");
    desk.approve(reviewer("one"), review(message), 1, AS_IT_IS, false);
    Claim lost =
        new Claim(
            new StoredMessageId(message),
            UUID.randomUUID(),
            new AttemptId((UUID) fixtures.lastAttempt(message).get("id")),
            1,
            null,
            0,
            false,
            0,
            null,
            false,
            review(message).id(),
            false);

    assertThat(lifecycle.begin(new AttemptRows.Start(lost, "smtp"))).isEmpty();

    assertThat(review(message).state()).isEqualTo("approved");
  }

  @Test
  void furtherAttemptToARecipientThatWasNotApprovedAsksAgain() throws Exception {
    server.answer(ScriptedSmtpServer.END_OF_DATA, "451 4.3.0 later");
    UUID message = reviewed("always");
    desk.approve(reviewer("one"), review(message), 1, AS_IT_IS, false);
    steps.send();
    assertThat(review(message).state()).isEqualTo("used");
    jdbc.sql(
            "UPDATE outbound_review_version SET recipients = ARRAY['eve@example.test'] WHERE message_id = :id")
        .param("id", message)
        .update();

    clock.advance(Duration.ofDays(1));
    steps.send();

    assertThat(fixtures.status(message)).isEqualTo("in_review");
    assertThat(review(message).reasons())
        .extracting(Review.Reason::code)
        .containsExactly("recipient-changed");
  }

  @Test
  void correspondentThatTheAgentHasWrittenToNeedsNoReview() throws Exception {
    Account account = fixtures.account(server.port(), null);
    UUID first = fixtures.message(account, "ben@example.test");
    steps.send();
    policy("{\"review\":{\"when\":\"new-correspondents\"}}");

    UUID known = fixtures.message(account, "ben@example.test");
    UUID fresh = fixtures.message(account, "stranger@example.test");
    steps.send();

    assertThat(fixtures.status(first)).isEqualTo("sent");
    assertThat(fixtures.status(known)).isEqualTo("sent");
    assertThat(fixtures.status(fresh)).isEqualTo("in_review");
  }

  @Test
  void recipientsBecomeContactsByTheApprovalOfAReviewerWhoVouches() {
    policy("{\"review\":{\"when\":\"always\",\"fourEyes\":true}}");
    Review review = review(message());
    assertThat(desk.origins(desk.details(review)))
        .containsExactly(Map.entry(new EmailAddress("ben@example.test"), Origin.UNKNOWN));

    desk.approve(voucher("one"), review, 1, AS_IT_IS, true);
    assertThat(contacts(review)).isEmpty();
    desk.approve(voucher("two"), review, 1, AS_IT_IS, true);

    assertThat(contacts(review)).containsExactly("ben@example.test");
    assertThat(desk.origins(desk.details(review)).values()).containsExactly(Origin.CONTACT);
    desk.approve(voucher("two"), review, 1, AS_IT_IS, true);
    assertThat(contacts(review)).hasSize(1);
  }

  @Test
  void approvalThatMayNotVouchApprovesNothing() {
    UUID message = reviewed("always");

    assertThatThrownBy(() -> desk.approve(reviewer("one"), review(message), 1, AS_IT_IS, true))
        .isInstanceOf(ReviewForbidden.class)
        .hasMessageContaining("agents:write");

    assertThat(review(message).isOpen()).isTrue();
    assertThat(contacts(review(message))).isEmpty();
  }

  @Test
  void dossierHasWhatGatesDecidedAndWhatBecameOfTheReview() {
    UUID message = reviewed("always");
    desk.reject(reviewer("one"), review(message), 1, "not this one");

    assertThat(
            jdbc.sql(
                    """
                    SELECT concat_ws(' ', kind, content::jsonb #>> '{decisions,0,code}', content::jsonb ->> 'state')
                    FROM dossier_entry WHERE message_id = :id AND kind IN ('gates', 'review') ORDER BY number
                    """)
                .param("id", message)
                .query(String.class)
                .list())
        .containsExactly("gates always", "review requested", "review rejected");
  }

  private List<String> contacts(Review review) {
    return jdbc.sql("SELECT unnest(contacts) FROM agent WHERE id = :id")
        .param("id", review.agent().value())
        .query(String.class)
        .list();
  }

  /** A reviewer who may change agents, too. */
  private static Caller voucher(String name) {
    Caller reviewer = reviewer(name);
    return new Caller(
        name,
        null,
        Set.of(Permission.REVIEWS_DECIDE, Permission.AGENTS_WRITE),
        reviewer.organization(),
        Caller.Kind.KEY,
        reviewer.key(),
        null,
        null);
  }

  private UUID reviewed(String when) {
    policy("{\"review\":{\"when\":\"" + when + "\"}}");
    return message();
  }

  private UUID message() {
    return fixtures.message(fixtures.account(server.port(), null), "ben@example.test");
  }

  private void policy(String json) {
    jdbc.sql(
            """
            INSERT INTO organization_sending_policy VALUES ('acme', :policy::jsonb, statement_timestamp())
            ON CONFLICT (organization) DO UPDATE SET sending_policy = excluded.sending_policy
            """)
        .param("policy", json)
        .update();
  }

  private Review review(UUID message) {
    return desk.last(new StoredMessageId(message)).orElseThrow();
  }

  private String kept(Review review, int version) throws Exception {
    try (var bytes = desk.open(review, version).orElseThrow()) {
      return new String(bytes.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Without what differs between attempts, and without the line end of the last line. */
  private static String constant(String mail) {
    return mail.lines()
        .filter(line -> !line.startsWith("Date: ") && !line.startsWith("X-Gobii-Message-ID: "))
        .reduce("", (all, line) -> all + line + "\n")
        .strip();
  }

  private long deliveries(UUID message) {
    return jdbc.sql("SELECT count(*) FROM outbound_delivery WHERE message_id = :id")
        .param("id", message)
        .query(Long.class)
        .single();
  }

  private static Caller reviewer(String name) {
    return caller(name, UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)), true);
  }

  private static Caller caller(String name, @Nullable UUID key, boolean mayDecide) {
    return new Caller(
        name,
        null,
        mayDecide ? Set.of(Permission.REVIEWS_DECIDE) : Set.of(Permission.REVIEWS_READ),
        new OrganizationId("acme"),
        Caller.Kind.KEY,
        key,
        null,
        null);
  }

  private static List<Object> atOnce(Callable<?> one, Callable<?> other) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<Object>> both =
          threads.invokeAll(List.of(() -> outcome(one), () -> outcome(other)));
      return List.of(both.get(0).get(), both.get(1).get());
    } finally {
      threads.shutdownNow();
    }
  }

  private static Object outcome(Callable<?> action) {
    try {
      return action.call();
    } catch (Exception e) {
      return e;
    }
  }
}
