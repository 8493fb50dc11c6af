package org.byoemail.outbound.bounce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.byoemail.outbound.bounce.BounceFixtures.attemptHeader;
import static org.byoemail.outbound.bounce.BounceFixtures.failed;
import static org.byoemail.outbound.bounce.BounceFixtures.group;
import static org.byoemail.outbound.bounce.BounceFixtures.messageId;
import static org.byoemail.outbound.bounce.BounceFixtures.report;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountFixtures;
import org.byoemail.account.registry.BounceAccounts;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.format.report.Classification;
import org.byoemail.format.report.Complaint;
import org.byoemail.format.report.MailKind;
import org.byoemail.format.report.OriginalMail;
import org.byoemail.format.report.ReportStrength;
import org.byoemail.outbound.delivery.OutboundFixtures;
import org.byoemail.outbound.delivery.RecipientStatus;
import org.byoemail.outbound.suppression.Suppressions;
import org.byoemail.support.SettableClock;
import org.byoemail.support.WithoutMockBeans;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.transaction.support.TransactionTemplate;

/** What reports change, from the mail to the rows. */
@WithoutMockBeans
@SpringBootTest(
    classes = BounceContext.class,
    webEnvironment = SpringBootTest.WebEnvironment.NONE,
    properties = {
      "spring.main.web-application-type=none",
      "byo.secret.keyset=" + AccountFixtures.KEY,
    })
class ReportEffectsTest {
  private static final String ANN = "ann@example.net";
  private static final String BEN = "ben@example.net";

  /** Whom the samples are about. */
  private static final String NORA = "nora@example.net";

  private final BounceFixtures fixtures;
  private final OutboundFixtures outbound;
  private final Bounces bounces;
  private final Suppressions suppressions;
  private final BounceAccounts bounceAccounts;
  private final TransactionTemplate transaction;
  private final MeterRegistry meters;
  private final SettableClock clock;
  private Account account;

  @Autowired
  ReportEffectsTest(
      BounceFixtures fixtures,
      OutboundFixtures outbound,
      Bounces bounces,
      Suppressions suppressions,
      BounceAccounts bounceAccounts,
      TransactionTemplate transaction,
      MeterRegistry meters,
      SettableClock clock) {
    this.fixtures = fixtures;
    this.outbound = outbound;
    this.bounces = bounces;
    this.suppressions = suppressions;
    this.bounceAccounts = bounceAccounts;
    this.transaction = transaction;
    this.meters = meters;
    this.clock = clock;
  }

  @BeforeEach
  void clear() {
    fixtures.clear();
    account = fixtures.account();
  }

  private Bounce only(UUID message) {
    List<Bounce> found = bounces.ofMessage(new StoredMessageId(message));
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  private boolean isSuppressed(String address) {
    return !suppressions
        .among(new OrganizationId("acme"), account.endpoint(), List.of(EmailAddress.parse(address)))
        .isEmpty();
  }

  @Test
  void strongestIdDecides() {
    UUID one = fixtures.sent(account, ANN);
    UUID two = fixtures.sent(account, ANN);
    UUID three = fixtures.sent(account, ANN);

    fixtures.arrives(
        account,
        report(
            "Original-Envelope-Id: " + fixtures.attempt(one),
            failed(ANN),
            attemptHeader(fixtures.attempt(two)) + "\n" + messageId(three)));
    fixtures.arrives(
        account,
        report(
            "Original-Envelope-Id: of-another-program",
            failed(ANN),
            attemptHeader(fixtures.attempt(two)) + "\n" + messageId(three)));

    assertThat(only(one).matchedBy()).isEqualTo("envelope-id");
    assertThat(only(two).matchedBy()).isEqualTo("attempt-header");
    assertThat(outbound.status(three)).isEqualTo("sent");
  }

  @Test
  void failureIsTheAttemptsTheRecipientsAndTheMessages() {
    UUID message = fixtures.sent(account, ANN);

    fixtures.arrives(account, report("", failed(ANN), attemptHeader(fixtures.attempt(message))));

    assertThat(outbound.attempts(message)).containsExactly("FAILED accepted");
    assertThat(outbound.recipients(message)).containsExactly("failed");
    assertThat(outbound.status(message)).isEqualTo("failed");
    assertThat(outbound.events(message)).containsExactly("message.bounced");
    assertThat(outbound.lastEvent(message)).contains("\"submissionId\": \"" + message + "\"");
    assertThat(outbound.lastEvent(message))
        .contains("\"reason\": \"no-such-user\"", "\"permanent\": true", "\"order\": 7", ANN);
    Bounce bounce = only(message);
    assertThat(bounce.reason()).isEqualTo("no-such-user");
    assertThat(bounce.permanent()).isTrue();
    assertThat(bounce.changed()).isTrue();
    assertThat(bounce.recipientMatch()).isEqualTo("final");
    assertThat(bounce.strength()).isEqualTo("structured");
  }

  @Test
  void oneOfSeveralRecipientsFailsAlone() {
    UUID message = fixtures.sent(account, ANN, BEN);

    fixtures.arrives(account, report("", failed(BEN), attemptHeader(fixtures.attempt(message))));

    assertThat(outbound.recipients(message)).containsExactly("sent", "failed");
    assertThat(outbound.status(message)).isEqualTo("partially_failed");
  }

  @Test
  void severalRecipientsInOneReportAreToldApart() {
    UUID message = fixtures.sent(account, ANN, BEN);

    fixtures.arrives(
        account,
        report(
            "",
            failed(ANN) + "\n" + group(BEN, "delivered", "2.0.0", "250 ok"),
            attemptHeader(fixtures.attempt(message))));

    assertThat(outbound.recipients(message)).containsExactly("failed", "delivered");
    assertThat(outbound.events(message)).containsExactly("message.bounced", "message.delivered");
    assertThat(bounces.ofMessage(new StoredMessageId(message))).hasSize(2);
  }

  @Test
  void failureAfterDeliveryWinsAndDeliveryAfterFailureDoesNot() {
    UUID message = fixtures.sent(account, ANN);
    String header = attemptHeader(fixtures.attempt(message));
    String delivered = report("", group(ANN, "delivered", "2.0.0", "250 ok"), header);

    fixtures.arrives(account, delivered);
    String afterDelivery = outbound.status(message);
    fixtures.arrives(account, report("", failed(ANN), header));
    fixtures.arrives(account, delivered);

    assertThat(afterDelivery).isEqualTo("delivered");
    assertThat(outbound.status(message)).isEqualTo("failed");
    assertThat(outbound.attempts(message)).containsExactly("FAILED accepted");
    assertThat(outbound.events(message)).containsExactly("message.delivered", "message.bounced");
  }

  @Test
  void secondReportOfTheSameTellsNothingNew() {
    UUID message = fixtures.sent(account, ANN);
    String report = report("", failed(ANN), attemptHeader(fixtures.attempt(message)));

    fixtures.arrives(account, report);
    fixtures.arrives(account, report);

    assertThat(outbound.events(message)).containsExactly("message.bounced");
    assertThat(bounces.ofMessage(new StoredMessageId(message)))
        .extracting(Bounce::changed)
        .containsExactly(true, false);
  }

  @Test
  void recipientThatIsReportedTwiceInOneMailHasFailed() {
    UUID message = fixtures.sent(account, ANN);

    fixtures.arrives(
        account,
        report(
            "",
            group(ANN, "delivered", "2.0.0", "250 ok") + "\n" + failed(ANN),
            attemptHeader(fixtures.attempt(message))));

    assertThat(outbound.status(message)).isEqualTo("failed");
    assertThat(outbound.events(message)).containsExactly("message.bounced");
  }

  @ParameterizedTest
  @CsvSource({"relayed, 2.0.0", "expanded, 2.0.0"})
  void passingOnIsNoDelivery(String action, String status) {
    UUID message = fixtures.sent(account, ANN);

    fixtures.arrives(
        account,
        report("", group(ANN, action, status, "250 ok"), attemptHeader(fixtures.attempt(message))));

    assertThat(outbound.status(message)).isEqualTo("sent");
    assertThat(only(message).changed()).isFalse();
  }

  @Test
  void delayIsNotedAndLiftsItself() {
    UUID message = fixtures.sent(account, ANN);
    String header = attemptHeader(fixtures.attempt(message));

    fixtures.arrives(account, report("", group(ANN, "delayed", "4.4.1", "no answer"), header));
    Optional<?> whileDelayed = delayed(message);
    fixtures.arrives(account, report("", group(ANN, "relayed", "2.0.0", "250 ok"), header));

    assertThat(whileDelayed).isPresent();
    assertThat(outbound.status(message)).isEqualTo("sent");
    assertThat(outbound.events(message)).isEmpty();
    assertThat(delayed(message)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "'', 120",
    "'Will-Retry-Until: Thu, 26 Nov 2026 09:00:00 +0000', 48",
    "'Will-Retry-Until: Thu, 26 Nov 2099 09:00:00 +0000', 720"
  })
  void delayOfAMailThatThenArrivesSilentlyEnds(String field, int hours) {
    UUID message = fixtures.sent(account, ANN);
    String group = group(ANN, "delayed", "4.4.1", "no answer") + field + "\n";
    clock.set(Instant.parse("2026-11-24T09:00:00Z"));

    fixtures.arrives(account, report("", group, attemptHeader(fixtures.attempt(message))));
    clock.advance(Duration.ofHours(hours).minusMinutes(1));
    Optional<?> before = delayed(message);
    clock.advance(Duration.ofMinutes(2));

    assertThat(before).isPresent();
    assertThat(delayed(message)).isEmpty();
    assertThat(outbound.status(message)).isEqualTo("sent");
  }

  private Optional<?> delayed(UUID message) {
    return Bounces.delayedSince(
        EmailAddress.parse(ANN),
        RecipientStatus.SENT,
        bounces.ofMessage(new StoredMessageId(message)));
  }

  @Test
  void delayAfterFailureChangesNothing() {
    UUID message = fixtures.sent(account, ANN);
    String header = attemptHeader(fixtures.attempt(message));

    fixtures.arrives(account, report("", failed(ANN), header));
    fixtures.arrives(account, report("", group(ANN, "delayed", "4.4.1", "no answer"), header));

    assertThat(outbound.status(message)).isEqualTo("failed");
  }

  @Test
  void forwardedMailFailsItsOnlyRecipientAndSuppressesNobody() {
    UUID message = fixtures.sent(account, ANN);

    fixtures.arrives(
        account,
        report("", failed("elsewhere@example.com"), attemptHeader(fixtures.attempt(message))));

    Bounce bounce = only(message);
    assertThat(bounce.recipientMatch()).isEqualTo("inferred");
    assertThat(bounce.recipient()).isEqualTo("elsewhere@example.com");
    assertThat(bounce.address()).isEqualTo(ANN);
    assertThat(outbound.status(message)).isEqualTo("failed");
    assertThat(isSuppressed(ANN)).isFalse();
    assertThat(isSuppressed("elsewhere@example.com")).isFalse();
  }

  @Test
  void strangersAddressInAMailToSeveralChangesNothing() {
    UUID message = fixtures.sent(account, ANN, BEN);

    fixtures.arrives(
        account,
        report("", failed("elsewhere@example.com"), attemptHeader(fixtures.attempt(message))));

    Bounce bounce = only(message);
    assertThat(bounce.recipientMatch()).isNull();
    assertThat(bounce.changed()).isFalse();
    assertThat(outbound.recipients(message)).containsExactly("sent", "sent");
  }

  @Test
  void originalRecipientGoesBeforeTheFinalOne() {
    UUID message = fixtures.sent(account, ANN, BEN);

    fixtures.arrives(
        account,
        report(
            "",
            "Original-Recipient: rfc822;" + ANN + "\n" + failed(BEN),
            attemptHeader(fixtures.attempt(message))));

    assertThat(only(message).recipientMatch()).isEqualTo("original");
    assertThat(outbound.recipients(message)).containsExactly("failed", "sent");
  }

  @Test
  void addressThatIsGoneIsSuppressedWithTheReportAsEvidence() {
    UUID message = fixtures.sent(account, ANN);

    fixtures.arrives(account, report("", failed(ANN), attemptHeader(fixtures.attempt(message))));

    assertThat(suppressions.list(new OrganizationId("acme"), EmailAddress.parse(ANN), null, 1))
        .singleElement()
        .satisfies(one -> assertThat(one.evidence().bounce()).isEqualTo(only(message).id()));
  }

  @ParameterizedTest
  @CsvSource({
    ", false",
    "ben@stranger.example, false",
    "daemon@le.net, false",
    "postmaster@example.net, true",
    "daemon@mx.example.net, true"
  })
  void ofSeveralRecipientsOnlyItsOwnProvenDomainSuppressesOne(String sender, boolean suppresses) {
    UUID message = fixtures.sent(account, ANN, BEN);
    AttemptId attempt = fixtures.attempt(message);

    fixtures.arrives(account, report("", failed(ANN), attemptHeader(attempt)), sender);

    assertThat(outbound.recipients(message)).containsExactly("failed", "sent");
    assertThat(isSuppressed(ANN)).isEqualTo(suppresses);
  }

  @ParameterizedTest
  @CsvSource({", false", "ben@stranger.example, false", "staff@example.net, true"})
  void ofSeveralRecipientsOnlyItsOwnProvenDomainComplains(String sender, boolean suppresses) {
    UUID message = fixtures.sent(account, ANN, BEN);
    Complaint complaint = new Complaint("abuse", List.of(EmailAddress.parse(ANN)));

    fixtures.arrives(
        account, about(MailKind.ARF, fixtures.attempt(message), Optional.of(complaint)), sender);

    assertThat(outbound.events(message)).containsExactly("message.complained");
    assertThat(isSuppressed(ANN)).isEqualTo(suppresses);
  }

  @ParameterizedTest
  @CsvSource({
    "5.2.2, 552 5.2.2 mailbox full",
    "5.7.1, 550 5.7.1 blocked as spam",
    "5.3.4, 552 5.3.4 too large",
    "5.7.26, 550 5.7.26 DMARC",
    "5.4.7, delivery time expired",
    "4.1.1, 450 4.1.1 try again"
  })
  void whatIsNotAboutTheAddressSuppressesNobody(String status, String words) {
    UUID message = fixtures.sent(account, ANN);

    fixtures.arrives(
        account,
        report("", group(ANN, "failed", status, words), attemptHeader(fixtures.attempt(message))));

    assertThat(outbound.status(message)).isEqualTo("failed");
    assertThat(isSuppressed(ANN)).isFalse();
  }

  @Test
  void matchByMessageIdFailsTheRecipientsOwnAttemptAndSuppressesNobody() {
    UUID message = fixtures.sent(account, ANN);
    fixtures.again(message, BEN);

    fixtures.arrives(account, report("", failed(ANN), messageId(message)));

    Bounce bounce = only(message);
    assertThat(bounce.matchedBy()).isEqualTo("message-id");
    assertThat(outbound.attempts(message)).containsExactly("FAILED accepted", "SENT accepted");
    assertThat(isSuppressed(ANN)).isFalse();
  }

  /** A mail of the samples, as if it spoke of this attempt. */
  private String sample(String name, AttemptId attempt) throws IOException {
    return Files.readString(Path.of("src/test/resources/bounce", name + ".eml"))
        .replace(
            "\nMessage-ID: <offer-1@", "\n" + attemptHeader(attempt) + "\nMessage-ID: <offer-1@")
        .replace("<offer-1@example.org>", "<" + messageIdOf(attempt) + ">");
  }

  private String messageIdOf(AttemptId attempt) {
    return fixtures.message(attempt) + "@example.test";
  }

  @ParameterizedTest
  @ValueSource(strings = {"qmail/no-mailbox", "yahoo/disabled"})
  void wordsForPeopleFailTheMessageAndSuppressNobody(String sample) throws IOException {
    UUID message = fixtures.sent(account, NORA);

    fixtures.arrives(account, sample(sample, fixtures.attempt(message)));

    assertThat(only(message).strength()).isEqualTo("free-text");
    assertThat(only(message).matchedBy()).isEqualTo("attempt-header");
    assertThat(only(message).reason()).isEqualTo("no-such-user");
    assertThat(outbound.status(message)).isEqualTo("failed");
    assertThat(outbound.attempts(message)).containsExactly("FAILED accepted");
    assertThat(outbound.events(message)).containsExactly("message.bounced");
    assertThat(isSuppressed(NORA)).isFalse();
  }

  @Test
  void complaintAsProvidersWriteItIsToldAndSuppresses() throws IOException {
    UUID message = fixtures.sent(account, NORA);

    fixtures.arrives(account, sample("feedback-report/abuse", fixtures.attempt(message)));

    assertThat(only(message).kind()).isEqualTo("arf");
    assertThat(outbound.status(message)).isEqualTo("sent");
    assertThat(outbound.events(message)).containsExactly("message.complained");
    assertThat(isSuppressed(NORA)).isTrue();
  }

  @Test
  void receiptAsMailProgramsWriteItIsNotedAndChangesNothing() throws IOException {
    UUID message = fixtures.sent(account, NORA);

    fixtures.arrives(
        account, sample("disposition-notification/displayed", fixtures.attempt(message)));

    assertThat(only(message).kind()).isEqualTo("mdn");
    assertThat(only(message).matchedBy()).isEqualTo("message-id");
    assertThat(outbound.attempts(message)).containsExactly("SENT accepted");
    assertThat(outbound.events(message)).isEmpty();
  }

  @Test
  void absenceNoticeTouchesNothing() throws IOException {
    UUID message = fixtures.sent(account, NORA);

    Classification seen =
        fixtures.arrives(account, sample("auto-reply/sieve-vacation", fixtures.attempt(message)));

    assertThat(seen.kind()).isEqualTo(MailKind.AUTO_REPLY);
    assertThat(seen.original().messageId().orElseThrow().value())
        .isEqualTo(messageIdOf(fixtures.attempt(message)));
    assertThat(bounces.ofMessage(new StoredMessageId(message))).isEmpty();
    assertThat(outbound.attempts(message)).containsExactly("SENT accepted");
    assertThat(outbound.events(message)).isEmpty();
  }

  @Test
  void reportThatNamesNobodyIsAboutTheOnlyRecipient() {
    UUID message = fixtures.sent(account, ANN);

    fixtures.arrives(account, about(MailKind.FAILED, fixtures.attempt(message), Optional.empty()));

    assertThat(only(message).recipientMatch()).isEqualTo("inferred");
    assertThat(outbound.status(message)).isEqualTo("failed");
  }

  @Test
  void lateFailureOfAnEarlierAttemptLeavesTheLaterOneAlone() {
    UUID message = fixtures.sent(account, ANN);
    AttemptId first = fixtures.attempt(message);
    fixtures.again(message, ANN);

    fixtures.arrives(account, report("", failed(ANN), attemptHeader(first)));

    assertThat(outbound.recipients(message)).containsExactly("sent");
    assertThat(outbound.attempts(message)).containsExactly("SENT accepted", "SENT accepted");
    assertThat(only(message).changed()).isFalse();
    assertThat(isSuppressed(ANN)).isFalse();
  }

  @Test
  void reportInAnotherAccountTouchesNothing() {
    UUID message = fixtures.sent(account, ANN);
    Account other = fixtures.account();

    fixtures.arrives(other, report("", failed(ANN), attemptHeader(fixtures.attempt(message))));

    assertThat(outbound.status(message)).isEqualTo("sent");
    assertThat(bounces.ofMessage(new StoredMessageId(message))).isEmpty();
    assertThat(bounces.list(BounceFilter.ALL, null, 10))
        .singleElement()
        .satisfies(
            bounce -> {
              assertThat(bounce.message()).isNull();
              assertThat(bounce.recipient()).isEqualTo(ANN);
            });
  }

  @Test
  void reportInTheBounceAccountTouchesTheAttemptsOfThoseItServes() {
    UUID message = fixtures.sent(account, ANN);
    Account other = fixtures.account();
    transaction.executeWithoutResult(status -> bounceAccounts.set(account.id(), other.id()));

    fixtures.arrives(other, report("", failed(ANN), attemptHeader(fixtures.attempt(message))));

    assertThat(outbound.status(message)).isEqualTo("failed");
  }

  @Test
  void mailOfAnotherProgramIsCountedAndShown() {
    double before = counted();

    fixtures.arrives(account, report("", failed(ANN), "Message-ID: <elsewhere@example.org>"));

    assertThat(counted()).isEqualTo(before + 1);
    assertThat(bounces.list(BounceFilter.ALL, null, 10)).hasSize(1);
  }

  private double counted() {
    return meters
        .counter("byo.bounces", "kind", "failed", "reason", "no-such-user", "matched", "none")
        .count();
  }

  @Test
  void bounceOfABounceTouchesNothing() {
    UUID message = fixtures.sent(account, ANN);
    String inner = report("", failed(ANN), attemptHeader(fixtures.attempt(message)));

    fixtures.arrives(
        account,
        """
        Return-Path: <>
        From: MAILER-DAEMON@mx.example.net
        Content-Type: multipart/report; report-type=delivery-status; boundary=outer

        --outer
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example.net

        %s
        --outer
        Content-Type: message/rfc822

        Message-ID: <the-bounce@mx.example.net>
        %s
        --outer--
        """
            .formatted(failed("daemon@example.org"), inner));

    assertThat(outbound.status(message)).isEqualTo("sent");
    assertThat(bounces.ofMessage(new StoredMessageId(message))).isEmpty();
  }

  @Test
  void complaintIsToldAndSuppresses() {
    UUID message = fixtures.sent(account, ANN);

    fixtures.arrives(
        account,
        about(
            MailKind.ARF,
            fixtures.attempt(message),
            Optional.of(new Complaint("abuse", List.of()))));

    assertThat(outbound.status(message)).isEqualTo("sent");
    assertThat(outbound.events(message)).containsExactly("message.complained");
    assertThat(outbound.lastEvent(message)).contains("\"type\": \"abuse\"", ANN);
    assertThat(isSuppressed(ANN)).isTrue();
    assertThat(only(message).kind()).isEqualTo("arf");
    assertThat(only(message).complaint()).isEqualTo("abuse");
  }

  @Test
  void complaintThatNamesNobodyOfSeveralSuppressesNobody() {
    UUID message = fixtures.sent(account, ANN, BEN);

    fixtures.arrives(
        account,
        about(
            MailKind.ARF,
            fixtures.attempt(message),
            Optional.of(new Complaint("abuse", List.of()))));

    assertThat(outbound.events(message)).containsExactly("message.complained");
    assertThat(isSuppressed(ANN)).isFalse();
    assertThat(isSuppressed(BEN)).isFalse();
  }

  @Test
  void complaintOfSeveralIsTheEvidenceForEach() {
    UUID message = fixtures.sent(account, ANN, BEN);
    List<EmailAddress> by =
        Stream.of("elsewhere@example.com", BEN, ANN).map(EmailAddress::parse).toList();

    fixtures.arrives(
        account,
        about(MailKind.ARF, fixtures.attempt(message), Optional.of(new Complaint("abuse", by))),
        "staff@example.net");

    for (String address : List.of(ANN, BEN)) {
      UUID own =
          bounces.ofMessage(new StoredMessageId(message)).stream()
              .filter(bounce -> address.equals(bounce.address()))
              .findFirst()
              .orElseThrow()
              .id();
      assertThat(
              suppressions.list(new OrganizationId("acme"), EmailAddress.parse(address), null, 2))
          .singleElement()
          .satisfies(one -> assertThat(one.evidence().bounce()).isEqualTo(own));
    }
  }

  @Test
  void reportThatAMailIsNoSpamIsNoComplaint() {
    UUID message = fixtures.sent(account, ANN);

    fixtures.arrives(
        account,
        about(
            MailKind.ARF,
            fixtures.attempt(message),
            Optional.of(new Complaint("not-spam", List.of()))));

    assertThat(outbound.events(message)).isEmpty();
    assertThat(isSuppressed(ANN)).isFalse();
  }

  @Test
  void receiptIsNotedAndChangesNothing() {
    UUID message = fixtures.sent(account, ANN);

    fixtures.arrives(account, about(MailKind.MDN, fixtures.attempt(message), Optional.empty()));

    assertThat(only(message).kind()).isEqualTo("mdn");
    assertThat(only(message).address()).isEqualTo(ANN);
    assertThat(outbound.status(message)).isEqualTo("sent");
    assertThat(outbound.events(message)).isEmpty();
  }

  @Test
  void automaticAnswerIsNoBounce() {
    UUID message = fixtures.sent(account, ANN);

    fixtures.arrives(
        account, about(MailKind.AUTO_REPLY, fixtures.attempt(message), Optional.empty()));

    assertThat(bounces.ofMessage(new StoredMessageId(message))).isEmpty();
  }

  @Test
  void batchesOfReportsAboutTheSameMessagesDoNotWaitForOneAnotherInACircle() throws Exception {
    UUID one = fixtures.sent(account, ANN);
    UUID two = fixtures.sent(account, BEN);
    List<Classification> there =
        List.of(
            about(MailKind.FAILED, fixtures.attempt(one), Optional.empty()),
            about(MailKind.FAILED, fixtures.attempt(two), Optional.empty()));
    List<Classification> back = List.of(there.get(1), there.get(0));

    try (Closing threads = new Closing(Executors.newFixedThreadPool(2))) {
      for (int i = 0; i < 40; i++) {
        Future<?> first = threads.pool.submit(() -> fixtures.arrive(account, there));
        Future<?> second = threads.pool.submit(() -> fixtures.arrive(account, back));
        first.get(30, TimeUnit.SECONDS);
        second.get(30, TimeUnit.SECONDS);
      }
    }

    assertThat(outbound.status(one)).isEqualTo("failed");
    assertThat(outbound.status(two)).isEqualTo("failed");
    assertThat(bounces.ofMessage(new StoredMessageId(one))).filteredOn(Bounce::changed).hasSize(1);
  }

  /** Threads that end with the test. */
  private record Closing(ExecutorService pool) implements AutoCloseable {
    @Override
    public void close() {
      pool.shutdownNow();
    }
  }

  private static Classification about(
      MailKind kind, AttemptId attempt, Optional<Complaint> complaint) {
    return new Classification(
        kind,
        ReportStrength.STRUCTURED,
        "test",
        List.of(),
        Optional.empty(),
        Optional.empty(),
        new OriginalMail(
            Optional.of(attempt), Optional.empty(), Optional.empty(), Optional.empty(), ""),
        complaint);
  }

  /** A notice in words alone, with no id of the mail that it is about. */
  private static String notice(String recipients) {
    return """
    Return-Path: <>
    From: MAILER-DAEMON@mx.example.net
    Subject: Undeliverable mail

    Your message could not be delivered to %s, since there is no such user.
    """
        .formatted(recipients);
  }

  @Test
  void noticeWithoutIdIsAboutTheNewestMailToTheOnlyAddressWrittenTo() {
    UUID older = fixtures.sent(account, ANN);
    UUID newer = fixtures.sent(account, ANN);

    fixtures.arrives(account, notice(ANN + " and stranger@example.net"));

    Bounce bounce =
        bounces.ofMessage(new StoredMessageId(newer)).stream()
            .filter(one -> one.changed())
            .findFirst()
            .orElseThrow();
    assertThat(bounce.address()).isEqualTo(ANN);
    assertThat(bounce.matchedBy()).isEqualTo("recipient");
    assertThat(outbound.status(newer)).isEqualTo("failed");
    assertThat(outbound.status(older)).isEqualTo("sent");
    assertThat(isSuppressed(ANN)).isFalse();
  }

  @Test
  void noticeWithoutIdIsAboutNothingWhereItNamesSeveralAddressesWrittenTo() {
    UUID one = fixtures.sent(account, ANN);
    UUID two = fixtures.sent(account, BEN);

    fixtures.arrives(account, notice(ANN + " and " + BEN));

    assertThat(bounces.ofMessage(new StoredMessageId(one))).isEmpty();
    assertThat(bounces.ofMessage(new StoredMessageId(two))).isEmpty();
  }

  @Test
  void noticeWithoutIdIsAboutNothingThatAnotherAccountSent() {
    UUID message = fixtures.sent(account, ANN);

    fixtures.arrives(fixtures.account(), notice(ANN));

    assertThat(bounces.ofMessage(new StoredMessageId(message))).isEmpty();
  }

  @Test
  void noticeWithoutIdIsAboutNothingThatWasSentLongAgo() {
    UUID message = fixtures.sent(account, ANN);
    clock.advance(Duration.ofDays(6));

    fixtures.arrives(account, notice(ANN));

    assertThat(bounces.ofMessage(new StoredMessageId(message))).isEmpty();
  }

  /** What a gateway writes that no rule knows. */
  private static String refusal(String head, String words) {
    return """
    Return-Path: <>
    From: Gateway <gateway@mx.example.net>
    To: agent@example.org
    Subject: About your mail
    %s
    %s
    """
        .formatted(head.isEmpty() ? "" : head + "\n", words);
  }

  @Test
  void refusalOfTheOnlyAddressWrittenToIsAReport() {
    UUID message = fixtures.sent(account, ANN);

    Classification seen =
        fixtures.arrives(
            account,
            refusal("", "Your message to " + ANN + " was rejected. Ask help@example.net."));

    assertThat(seen.isForTheSender()).isTrue();
    Bounce bounce = only(message);
    assertThat(bounce.matchedBy()).isEqualTo("recipient");
    assertThat(bounce.recipient()).isEqualTo(ANN);
    assertThat(bounce.reason()).isEqualTo("refused");
    assertThat(outbound.status(message)).isEqualTo("failed");
    assertThat(isSuppressed(ANN)).isFalse();
  }

  @Test
  void refusalThatMayMeanTwoAddressesStaysMail() {
    UUID one = fixtures.sent(account, ANN);
    UUID two = fixtures.sent(account, BEN);

    Classification seen =
        fixtures.arrives(
            account, refusal("", "Your message to " + ANN + " was rejected. Ask " + BEN + "."));

    assertThat(seen.isForTheSender()).isFalse();
    assertThat(bounces.ofMessage(new StoredMessageId(one))).isEmpty();
    assertThat(bounces.ofMessage(new StoredMessageId(two))).isEmpty();
  }

  @Test
  void refusalStaysMailWhereNobodyWasWrittenToLately() {
    UUID message = fixtures.sent(account, ANN);
    clock.advance(Duration.ofDays(6));

    Classification seen =
        fixtures.arrives(account, refusal("", "Your message to " + ANN + " was rejected."));

    assertThat(seen.kind()).isEqualTo(MailKind.NONE);
    assertThat(outbound.status(message)).isEqualTo("sent");
  }

  @Test
  void refusalThatAnswersAMessageIsAboutIt() {
    UUID older = fixtures.sent(account, ANN);
    UUID newer = fixtures.sent(account, ANN);

    fixtures.arrives(
        account,
        refusal(
            "In-Reply-To: <" + older + "@example.test>",
            "Your message to " + ANN + " was rejected."));

    assertThat(only(older).matchedBy()).isEqualTo("message-id");
    assertThat(outbound.status(older)).isEqualTo("failed");
    assertThat(outbound.status(newer)).isEqualTo("sent");
  }

  @Test
  void refusalOfAFilterFailsTheRecipientAndSuppressesNobody() {
    UUID message = fixtures.sent(account, ANN);

    Classification seen = fixtures.arrives(account, refusedByFilter(fixtures.attempt(message)));

    assertThat(seen.isForTheSender()).isTrue();
    assertThat(only(message).kind()).isEqualTo("mdn");
    assertThat(only(message).action()).isEqualTo("failed");
    assertThat(outbound.status(message)).isEqualTo("failed");
    assertThat(isSuppressed(ANN)).isFalse();
  }

  private static String refusedByFilter(AttemptId attempt) {
    return """
    Return-Path: <>
    From: Mail Delivery Subsystem <postmaster@example.net>
    To: agent@example.org
    Subject: Rejected: Offer
    Auto-Submitted: auto-replied (rejected)
    Content-Type: multipart/report; report-type=disposition-notification; boundary=b

    --b
    Content-Type: text/plain

    Your message to <ann@example.net> was automatically rejected:
    This address does not exist for you.

    --b
    Content-Type: message/disposition-notification

    Final-Recipient: rfc822; ann@example.net
    Disposition: automatic-action/MDN-sent-automatically; deleted

    --b
    Content-Type: text/rfc822-headers

    %s

    --b--
    """
        .formatted(attemptHeader(attempt));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "5.0.0 | 550 This server does not accept mail from example.org",
        "5.0.0 | 550 We do not accept mail from you",
        "5.1.0 | 553 Domain of sender address a@example.org does not exist",
        "5.1.1 | 550 5.1.1 <a@example.org>: Sender address rejected: User unknown",
        "5.1.2 | 550 Sender address rejected: Domain not found",
      })
  void refusedSenderSuppressesNobody(String status, String words) {
    UUID message = fixtures.sent(account, ANN);

    fixtures.arrives(
        account,
        report("", group(ANN, "failed", status, words), attemptHeader(fixtures.attempt(message))));

    assertThat(only(message).reason()).isEqualTo("refused");
    assertThat(outbound.status(message)).isEqualTo("failed");
    assertThat(isSuppressed(ANN)).isFalse();
  }
}
