package org.byoemail.outbound.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.when;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.Tokens;
import org.byoemail.outbound.outbox.ReviewMailing;
import org.byoemail.outbound.review.MailReviewers;
import org.byoemail.outbound.review.ReviewMails;
import org.byoemail.outbound.review.ReviewerConfirmations;
import org.byoemail.platform.access.PublicUrl;
import org.byoemail.support.ScriptedSmtpServer;
import org.byoemail.support.SettableClock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;
import org.springframework.transaction.support.TransactionTemplate;

/** Mail by the platform's relay while accounts are switched off. */
@SendingTest
@TestPropertySource(
    properties = {
      "byo.email.enabled=false",
      "byo.transport.postmark.token=another-domain-only",
      "byo.transport.postmark.domains=other.test",
      "byo.transport.relay.host=localhost",
      "byo.transport.relay.security=none",
      "byo.transport.relay.username=platform",
      "byo.transport.relay.password=pass-of-the-relay",
      "byo.transport.relay.organizations.acme=*",
      "byo.review.mail.from=reviews@platform.test"
    })
@DirtiesContext
class PlatformRelayTest {
  private static final ScriptedSmtpServer RELAY =
      new ScriptedSmtpServer().offering("AUTH PLAIN", "DSN");

  private final OutboundFixtures fixtures;
  private final SendingSteps steps;
  private final AccountSender sender;
  private final SendRecording recording;
  private final JdbcClient jdbc;
  private final SettableClock clock;
  private final ReviewMailing mailing;
  private final MailReviewers reviewers;
  private final ReviewerConfirmations confirmations;
  private final TransactionTemplate transaction;
  private final PublicUrl publicUrl;

  @Autowired private ReviewMails reviewMails;

  @Autowired
  PlatformRelayTest(
      OutboundFixtures fixtures,
      SendingSteps steps,
      AccountSender sender,
      SendRecording recording,
      JdbcClient jdbc,
      SettableClock clock,
      ReviewMailing mailing,
      MailReviewers reviewers,
      ReviewerConfirmations confirmations,
      TransactionTemplate transaction,
      PublicUrl publicUrl) {
    when(publicUrl.required(anyString()))
        .thenAnswer(asked -> "https://gateway.example.test" + asked.getArgument(0));
    when(publicUrl.isSet()).thenReturn(true);
    this.publicUrl = publicUrl;
    this.mailing = mailing;
    this.reviewers = reviewers;
    this.confirmations = confirmations;
    this.transaction = transaction;
    this.jdbc = jdbc;
    this.fixtures = fixtures;
    this.steps = steps;
    this.sender = sender;
    this.recording = recording;
    this.clock = clock;
  }

  @DynamicPropertySource
  static void settings(DynamicPropertyRegistry registry) {
    registry.add("byo.transport.relay.port", RELAY::port);
  }

  @BeforeEach
  void clear() {
    fixtures.clear();
    jdbc.sql("DELETE FROM mail_reviewer").update();
    clock.advance(Duration.ofHours(2));
  }

  @AfterAll
  static void close() {
    RELAY.close();
  }

  @Test
  void mailOfAnAccountLeavesByTheRelayWhileAccountsAreOff() throws Exception {
    try (ScriptedSmtpServer own = new ScriptedSmtpServer()) {
      Account account = fixtures.account(own.port(), null);
      UUID message = fixtures.message(account, "ben@example.test");

      send();

      assertThat(own.connections()).isZero();
      assertThat(fixtures.status(message)).isEqualTo("sent");
      assertThat(fixtures.lastAttempt(message)).containsEntry("provider", "relay");
      assertThat(RELAY.commands("MAIL FROM"))
          .anyMatch(command -> command.contains("<" + account.address() + ">"));
      assertThat(RELAY.commands("AUTH")).isNotEmpty();
    }
  }

  @Test
  void relayThatRefusesTheSignInHoldsItsMail() throws Exception {
    RELAY.dropConnections();
    RELAY.answer("AUTH", "535 5.7.8 no", "235 2.7.0 welcome");
    UUID message = fixtures.message(null, "ben@example.test");

    send();

    assertThat(fixtures.attempts(message)).containsExactly("QUEUED");
    assertThat(String.valueOf(fixtures.lastAttempt(message).get("error")))
        .contains("535")
        .doesNotContain("pass-of-the-relay");
    clock.advance(Duration.ofMinutes(1));
    send();
    assertThat(fixtures.status(message)).isEqualTo("sent");
  }

  @Test
  void reviewersAreAskedByMailThatIsNoMessage() throws Exception {
    UUID message = reviewed();
    long messages = count("SELECT count(*) FROM message");
    int before = RELAY.mails().size();

    mailing.send();
    mailing.send();

    assertThat(RELAY.mails()).hasSize(before + 1);
    String mail = RELAY.mails().get(before);
    assertThat(mail)
        .contains("From: ", "<reviews@platform.test>", "To: eva@people.test")
        .contains("Auto-Submitted: auto-generated")
        .contains("To:            ben@example.test")
        .contains("Opening the link changes nothing.");
    Matcher link =
        Pattern.compile("https://gateway\\.example\\.test/connect/review/([A-Za-z0-9_-]{43})")
            .matcher(mail);
    assertThat(link.find()).as(mail).isTrue();
    assertThat(count("SELECT count(*) FROM review_link")).isOne();
    assertThat(jdbc.sql("SELECT token_sha256 FROM review_link").query(byte[].class).single())
        .isEqualTo(Tokens.sha256(link.group(1)));
    assertThat(count("SELECT count(*) FROM message")).isEqualTo(messages);
    assertThat(fixtures.status(message)).isEqualTo("in_review");
  }

  @Test
  void newReviewerConfirmsTheAddressBeforeAnyReviewIsMailed() throws Exception {
    UUID reviewer = unconfirmed("new@people.test");
    UUID message = reviewed();
    int before = RELAY.mails().size();

    mailing.send();

    List<String> mails = RELAY.mails().subList(before, RELAY.mails().size());
    assertThat(mails).hasSize(2);
    assertThat(mails)
        .filteredOn(mail -> mail.contains("To: new@people.test"))
        .singleElement()
        .asString()
        .contains("Subject: Confirm that you review mail", "/connect/reviewer/")
        .doesNotContain("ben@example.test");
    assertThat(fixtures.status(message)).isEqualTo("in_review");
    assertThat(count("SELECT count(*) FROM review_mail")).isOne();
    assertThat(trouble(reviewer)).isNull();
  }

  @Test
  void twoNodesAtOnceMailOneConfirmation() throws Exception {
    unconfirmed("new@people.test");
    int before = RELAY.mails().size();
    CyclicBarrier together = new CyclicBarrier(2);
    Callable<Void> node =
        () -> {
          together.await(10, TimeUnit.SECONDS);
          mailing.send();
          return null;
        };
    ExecutorService nodes = Executors.newFixedThreadPool(2);
    try {
      for (Future<Void> one : nodes.invokeAll(List.of(node, node))) {
        one.get();
      }
    } finally {
      nodes.shutdownNow();
    }

    assertThat(RELAY.mails()).hasSize(before + 1);
  }

  @Test
  void confirmationThatCannotBeSentSaysWhyAndIsTriedAgain() {
    UUID reviewer = unconfirmed("new@people.test");
    int before = RELAY.mails().size();
    RELAY.answer("RCPT TO:<new@", "451 4.7.1 later", "250 2.1.5 fine");

    mailing.send();
    String trouble = trouble(reviewer);
    jdbc.sql("UPDATE mail_reviewer SET confirmation_due_at = statement_timestamp()").update();
    mailing.send();

    assertThat(trouble).contains("451");
    assertThat(RELAY.mails()).hasSize(before + 1);
    assertThat(trouble(reviewer)).isNull();
  }

  @Test
  void replyThatTheDatabaseCannotStoreIsRecordedWithoutTheCharacter() {
    UUID reviewer = unconfirmed("new@people.test");

    confirmations.failed(reviewer, "451 \0later", false);

    assertThat(trouble(reviewer)).isEqualTo("451 later");
  }

  @Test
  void fewConfirmationsAreMailedInAnHour() {
    UUID reviewer = unconfirmed("new@people.test");

    List<Boolean> more =
        Stream.generate(() -> transaction.execute(status -> confirmations.request(reviewer)))
            .limit(3)
            .toList();

    assertThat(more).containsExactly(true, true, false);
  }

  private @Nullable String trouble(UUID reviewer) {
    return reviewMails
        .states(List.of(reviewers.find(reviewer).orElseThrow()))
        .getOrDefault(reviewer, ReviewMails.State.NONE)
        .lastError();
  }

  private UUID unconfirmed(String address) {
    return transaction.execute(
        status -> {
          UUID id =
              reviewers
                  .create(
                      new OrganizationId("acme"),
                      new EmailAddress(address),
                      List.of(),
                      false,
                      "user:admin")
                  .orElseThrow()
                  .reviewer()
                  .id();
          confirmations.request(id);
          return id;
        });
  }

  @Test
  void mailToAReviewerIsTriedAgainAndItsTroubleIsShown() {
    reviewed();
    int before = RELAY.mails().size();
    RELAY.answer("RCPT TO:<eva@", "451 4.7.1 later", "250 2.1.5 fine");

    mailing.send();
    String trouble =
        jdbc.sql("SELECT last_error FROM review_mail WHERE sent_at IS NULL AND due_at IS NOT NULL")
            .query(String.class)
            .single();
    jdbc.sql("UPDATE review_mail SET due_at = statement_timestamp()").update();
    mailing.send();

    assertThat(trouble).contains("451");
    assertThat(RELAY.mails()).hasSize(before + 1);
    assertThat(count("SELECT count(*) FROM review_mail WHERE sent_at IS NOT NULL")).isOne();
  }

  @Test
  void reviewerWhoseMailboxAnAccountReadsByNowIsNotAsked() {
    reviewed();
    int before = RELAY.mails().size();
    jdbc.sql("UPDATE agent_email_account SET imap_username = 'Eva@people.test'").update();

    mailing.send();

    assertThat(RELAY.mails()).hasSize(before);
    assertThat(jdbc.sql("SELECT last_error FROM review_mail").query(String.class).single())
        .contains("an account of this gateway reads the address");
    assertThat(count("SELECT count(*) FROM review_mail WHERE due_at IS NOT NULL")).isZero();
  }

  @Test
  void mailThatCannotBeMadeKeepsNoOtherBack() {
    reviewed("eva@people.test", "max@people.test");
    int before = RELAY.mails().size();
    when(publicUrl.required(anyString()))
        .thenThrow(new IllegalStateException("broken"))
        .thenReturn("https://gateway.example.test/connect/review/x");

    mailing.send();

    assertThat(RELAY.mails()).hasSize(before + 1);
    assertThat(
            jdbc.sql("SELECT last_error FROM review_mail WHERE sent_at IS NULL")
                .query(String.class)
                .single())
        .contains("the gateway failed to send it");
  }

  @Test
  void mailToAReviewerIsTriedUntilItsReviewEnds() {
    reviewed();
    jdbc.sql("UPDATE review_mail SET attempts = 40, due_at = statement_timestamp()").update();

    reviewMails.due();
    long waiting =
        count(
            "SELECT count(*) FROM review_mail WHERE due_at"
                + " BETWEEN statement_timestamp() + interval '14 min' AND statement_timestamp() + interval '15 min'");
    jdbc.sql("UPDATE outbound_review SET expires_at = statement_timestamp()").update();
    jdbc.sql("UPDATE review_mail SET due_at = statement_timestamp()").update();

    assertThat(waiting).isOne();
    assertThat(reviewMails.due()).isEmpty();
    assertThat(count("SELECT count(*) FROM review_mail WHERE due_at IS NOT NULL")).isZero();
  }

  @Test
  void whileNothingCanBeSentToReviewersItIsNoAttempt() {
    reviewed();
    when(publicUrl.isSet()).thenReturn(false);

    mailing.send();

    assertThat(
            count(
                "SELECT count(*) FROM review_mail WHERE attempts = 0 AND due_at > statement_timestamp()"
                    + " AND last_error LIKE '%byo.public-url%'"))
        .isOne();
    assertThat(count("SELECT count(*) FROM review_link")).isZero();
  }

  @Test
  void organizationsAreServedInTurnWithinTheirHour() {
    String[] many =
        IntStream.range(0, 15).mapToObj(i -> "r" + i + "@people.test").toArray(String[]::new);
    reviewed(many);
    UUID rival = reviewed("eva@people.test");
    jdbc.sql("UPDATE outbound_review SET organization = 'rival' WHERE message_id = :id")
        .param("id", rival)
        .update();
    jdbc.sql(
            "DELETE FROM review_mail m USING outbound_review r, mail_reviewer w WHERE r.id = m.review_id"
                + " AND w.id = m.reviewer_id AND r.organization = 'rival' AND w.address LIKE 'r%'")
        .update();
    jdbc.sql(
            "UPDATE review_mail_hour SET mails = :mails WHERE organization = 'acme'"
                + " AND hour = date_trunc('hour', statement_timestamp())")
        .param("mails", ReviewMails.MAX_IN_HOUR - 12)
        .update();

    List<ReviewMails.Due> first = reviewMails.due();
    List<ReviewMails.Due> second = reviewMails.due();
    List<ReviewMails.Due> third = reviewMails.due();

    assertThat(first).hasSize(10);
    assertThat(first).filteredOn(due -> of(due).equals("rival")).hasSize(1);
    assertThat(second).hasSize(3);
    assertThat(third).isEmpty();
    assertThat(
            count(
                "SELECT count(*) FROM review_mail WHERE attempts = 0"
                    + " AND due_at = date_trunc('hour', statement_timestamp()) + interval '1 hour'"))
        .isEqualTo(3);
  }

  private String of(ReviewMails.Due due) {
    return jdbc.sql("SELECT organization FROM outbound_review WHERE id = :id")
        .param("id", due.review())
        .query(String.class)
        .single();
  }

  private UUID reviewed() {
    return reviewed("eva@people.test");
  }

  private UUID reviewed(String... addresses) {
    jdbc.sql("DELETE FROM review_mail_hour").update();
    for (String address : addresses) {
      transaction.executeWithoutResult(
          status ->
              reviewers.create(
                  new OrganizationId("acme"),
                  new EmailAddress(address),
                  List.of(),
                  false,
                  "user:admin"));
    }
    jdbc.sql(
            "UPDATE mail_reviewer SET confirmed_at = statement_timestamp()"
                + " WHERE address = ANY (:addresses)")
        .param("addresses", addresses)
        .update();
    jdbc.sql(
            """
            INSERT INTO organization_sending_policy
            VALUES ('acme', '{"review":{"when":"always"}}', statement_timestamp())
            """)
        .update();
    try {
      return fixtures.message(fixtures.account(25, null), "ben@example.test");
    } finally {
      jdbc.sql("DELETE FROM organization_sending_policy").update();
    }
  }

  private long count(String sql) {
    return jdbc.sql(sql).query(Long.class).single();
  }

  @Test
  void recipientThatTheRelayRefusesIsFailed() throws Exception {
    RELAY.answer("RCPT TO:<gone@", "550 5.1.1 no such user");
    UUID message = fixtures.message(null, "ben@example.test", "gone@example.test");

    send();

    assertThat(fixtures.recipients(message)).containsExactly("sent", "failed");
  }

  @Test
  void organizationThatIsNotListedIsNotCarriedWhileAccountsAreOff() throws Exception {
    Account account = fixtures.account(25, null);
    UUID withAccount = of("rival", fixtures.message(account, "ben@example.test"));
    UUID without = of("rival", fixtures.message(null, "ben@example.test"));
    int before = RELAY.mails().size();

    send();

    assertThat(fixtures.status(withAccount)).isEqualTo("queued");
    assertThat(fixtures.lastAttempt(without)).containsEntry("error_code", "no_transport");
    assertThat(RELAY.mails()).hasSize(before);
  }

  @Test
  void domainThatIsListedForNobodyIsThatOfTheOnlyOrganization() throws Exception {
    UUID message = from("other.test", of("sole", fixtures.message(null, "ben@example.test")));
    jdbc.sql("UPDATE agent SET organization = 'sole'").update();

    List<OutgoingMail> alone = steps.begin(fixtures.claimElsewhere(16, 3));

    assertThat(alone)
        .singleElement()
        .satisfies(mail -> assertThat(mail.getTransport()).isEqualTo("postmark"));
    assertThat(fixtures.lastAttempt(message)).containsEntry("provider", "postmark");
  }

  @Test
  void domainThatIsListedForNobodyHoldsItsMailWhereThereAreSeveral() throws Exception {
    UUID message = from("other.test", of("sole", fixtures.message(null, "ben@example.test")));
    jdbc.sql("UPDATE agent SET organization = 'sole'").update();
    fixtures.message(null, "ben@example.test");

    send();

    assertThat(fixtures.status(message)).isEqualTo("queued");
    assertThat(fixtures.lastAttempt(message)).containsEntry("provider", null);
  }

  private UUID of(String organization, UUID message) {
    jdbc.sql("UPDATE message SET organization = :organization WHERE id = :id")
        .param("organization", organization)
        .param("id", message)
        .update();
    return message;
  }

  private UUID from(String domain, UUID message) {
    jdbc.sql("UPDATE message SET from_address = 'ada@' || :domain WHERE id = :id")
        .param("domain", domain)
        .param("id", message)
        .update();
    return message;
  }

  private void send() throws Exception {
    for (OutgoingMail mail : steps.begin(fixtures.claimElsewhere(16, 3))) {
      if (!mail.envelope().isEmpty()) {
        sender.send(mail);
      }
      recording.record(mail);
    }
  }
}
