package org.byoemail.inbound.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountFixtures;
import org.byoemail.account.registry.AccountSettings;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.AfterIngest;
import org.byoemail.account.registry.Agents;
import org.byoemail.account.registry.ContactPolicy;
import org.byoemail.account.registry.ContactPolicy.Mode;
import org.byoemail.account.registry.FindingAction;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.MailboxId;
import org.byoemail.format.mime.MailParser;
import org.byoemail.format.report.Classification;
import org.byoemail.format.report.MailClassifier;
import org.byoemail.inbound.ingest.InboundFixture.Server;
import org.byoemail.inbound.ingest.IngestDecision.Verdict;
import org.byoemail.inbound.mailbox.FetchedHeader;
import org.byoemail.inbound.mailbox.IncomingBatch;
import org.byoemail.inbound.mailbox.IncomingMail;
import org.byoemail.inbound.mailbox.IncomingMail.PriorFailures;
import org.byoemail.inbound.mailbox.MailboxContext;
import org.byoemail.inbound.mailbox.RawMail;
import org.byoemail.platform.lease.Lease;
import org.byoemail.support.MailUser;
import org.byoemail.support.TestDatabase;
import org.byoemail.support.WithoutMockBeans;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Who gets through to an agent, by the header of a mail alone. */
@WithoutMockBeans
@SpringBootTest(
    classes = InboundTestApplication.class,
    webEnvironment = SpringBootTest.WebEnvironment.NONE,
    properties = {
      "byo.secret.keyset=" + AccountFixtures.KEY,
      "byo.inbound.authentication-servers.[imap.trusted.test]=mx",
      "byo.routes.reload=false",
      "camel.main.routes-include-pattern=false"
    })
class ContactPoliciesTest {
  private static final String ANN = "From: Ann <ann@else.test>\r\n";
  private static final String PASS =
      "Authentication-Results: mx; dmarc=pass header.from=else.test\r\n";
  private static final String FAIL =
      "Authentication-Results: mx; dmarc=fail header.from=else.test\r\n";

  @Autowired ContactPolicies policies;
  @Autowired InboundFixture fixture;
  @Autowired Agents agents;
  @Autowired Accounts accounts;

  @DynamicPropertySource
  static void database(DynamicPropertyRegistry registry) {
    TestDatabase.register(registry);
  }

  @Test
  void testMailOfTheOrganizationIsNoticedAndReachesNoAgent() {
    Account account = account(Mode.OPEN);
    UUID byField = testMail("acme", UUID.randomUUID());
    UUID message = UUID.randomUUID();
    UUID byMessageId = testMail("acme", message);

    IngestDecision ofField =
        decide(mail(account, "X-BYO-Test-Mail: " + byField + "\r\n" + ANN, 99, PriorFailures.NONE));
    IngestDecision ofMessageId =
        decide(
            mail(
                account,
                "Message-ID: <" + message + "@example.test>\r\n" + ANN,
                99,
                PriorFailures.NONE));

    assertThat(ofField.verdict()).isEqualTo(Verdict.REFUSE);
    assertThat(ofField.reason()).contains("test mail");
    assertThat(ofMessageId.verdict()).isEqualTo(Verdict.REFUSE);
    assertThat(folder(byField)).contains("INBOX");
    assertThat(folder(byMessageId)).contains("INBOX");
  }

  @Test
  void testMailOfAnotherOrganizationOrOfNobodyIsMail() {
    Account account = account(Mode.OPEN);
    UUID foreign = testMail("other", UUID.randomUUID());

    assertThat(decide(account, "X-BYO-Test-Mail: " + foreign + "\r\n" + ANN))
        .isEqualTo(Verdict.ACCEPT);
    assertThat(decide(account, "X-BYO-Test-Mail: " + UUID.randomUUID() + "\r\n" + ANN))
        .isEqualTo(Verdict.ACCEPT);
    assertThat(decide(account, "X-BYO-Test-Mail: no id\r\n" + ANN)).isEqualTo(Verdict.ACCEPT);
    assertThat(folder(foreign)).isEmpty();
  }

  private UUID testMail(String organization, UUID message) {
    UUID id = UUID.randomUUID();
    fixture
        .jdbc
        .sql(
            """
            INSERT INTO test_mail
              (id, account_id, organization, requested_by, recipient, message_id, requested_at)
            VALUES (:id, gen_random_uuid(), :organization, 'somebody', 'a@b.test', :message, now())
            """)
        .param("id", id)
        .param("organization", organization)
        .param("message", message)
        .update();
    return id;
  }

  private Optional<String> folder(UUID testMail) {
    return fixture
        .jdbc
        .sql("SELECT folder FROM test_mail WHERE id = :id AND arrived_at IS NOT NULL")
        .param("id", testMail)
        .query(String.class)
        .optional();
  }

  @Test
  void openLetsEverybodyInEvenWithoutASender() {
    Account account = account(Mode.OPEN);

    assertThat(decide(account, ANN)).isEqualTo(Verdict.ACCEPT);
    assertThat(decide(account, "Subject: from nobody\r\n")).isEqualTo(Verdict.ACCEPT);
  }

  @Test
  void knownAcceptsContactsAndEarlierCorrespondents() {
    Account byAddress = account(Mode.KNOWN, "ann@else.test");
    Account byDomain = account(Mode.KNOWN, "@else.test");
    Account stranger = account(Mode.KNOWN);
    Account writer = account(Mode.KNOWN);
    fixture.wroteTo(writer, "ann@else.test");

    assertThat(decide(byAddress, ANN)).isEqualTo(Verdict.ACCEPT);
    assertThat(decide(byDomain, ANN)).isEqualTo(Verdict.ACCEPT);
    assertThat(decide(writer, ANN)).isEqualTo(Verdict.ACCEPT);
    assertThat(decide(stranger, ANN)).isEqualTo(Verdict.REFUSE);
    assertThat(decide(stranger, "Subject: from nobody\r\n")).isEqualTo(Verdict.REFUSE);
  }

  @Test
  void agentsOwnAddressIsBelievedOnlyWhereItsServerVouchesForIt() {
    Account account = at("imap.trusted.test", account(Mode.KNOWN));
    String itself = "From: " + account.address() + "\r\n";
    String domain = account.address().domain();

    assertThat(decide(account, PASS.replace("else.test", domain) + itself))
        .isEqualTo(Verdict.ACCEPT);
    assertThat(decide(account, PASS + itself)).isEqualTo(Verdict.REFUSE);
    assertThat(decide(account, FAIL.replace("else.test", domain) + itself))
        .isEqualTo(Verdict.REFUSE);
    assertThat(decide(account, itself)).isEqualTo(Verdict.REFUSE);
  }

  @Test
  void nobodyVouchesForTheAgentsOwnAddressWhereItsServerIsNotNamed() {
    Account account = account(Mode.KNOWN);

    Verdict verdict = decide(account, PASS + "From: " + account.address() + "\r\n");

    assertThat(verdict).isEqualTo(Verdict.REFUSE);
  }

  @Test
  void listedLetsContactsInUnlessTheServerDoubtsThem() {
    Account account = account(Mode.LISTED, "ann@else.test");
    fixture.wroteTo(account, "ben@else.test");

    assertThat(decide(account, ANN)).isEqualTo(Verdict.ACCEPT);
    assertThat(decide(account, PASS + ANN)).isEqualTo(Verdict.ACCEPT);
    assertThat(decide(account, FAIL + ANN)).isEqualTo(Verdict.REFUSE);
    assertThat(decide(account, "Authentication-Results: mx; none\r\n" + ANN))
        .isEqualTo(Verdict.REFUSE);
    assertThat(decide(account, "From: ben@else.test\r\n")).isEqualTo(Verdict.REFUSE);
  }

  @Test
  void agentMayDoWithoutAuthenticationOfItsContacts() {
    Account account =
        account(
            new ContactPolicy(
                Mode.LISTED,
                Mode.OPEN,
                List.of("ann@else.test"),
                false,
                ContactPolicy.Unproven.ADMIT));

    assertThat(decide(account, FAIL + ANN)).isEqualTo(Verdict.ACCEPT);
    assertThat(decide(account, FAIL + "From: ben@else.test\r\n")).isEqualTo(Verdict.REFUSE);
  }

  @Test
  void whatMayBeAReportIsReadUnlessItIsLarge() {
    Account account = account(Mode.LISTED);
    String report = "Return-Path: <>\r\nFrom: MAILER-DAEMON@else.test\r\n";

    assertThat(decide(account, report)).isEqualTo(Verdict.REPORT_ONLY);
    assertThat(decide(mail(account, report, 20 << 20, PriorFailures.NONE)).verdict())
        .isEqualTo(Verdict.REFUSE);
  }

  @Test
  void oversizeMailIsRefusedBeforeItIsQuarantined() {
    assertThat(decide(mail(account(Mode.OPEN), ANN, 51 << 20, PriorFailures.NONE)).verdict())
        .isEqualTo(Verdict.QUARANTINE);
    assertThat(decide(mail(account(Mode.LISTED), ANN, 51 << 20, PriorFailures.NONE)).verdict())
        .isEqualTo(Verdict.REFUSE);
  }

  @Test
  void mailThatTheServerDoesNotGiveIsQuarantinedForAnySender() {
    PriorFailures priorFailures = new PriorFailures(5, Duration.ofHours(1), 0);

    IngestDecision decision = decide(mail(account(Mode.LISTED), "", 0, priorFailures));

    assertThat(decision.verdict()).isEqualTo(Verdict.QUARANTINE);
    assertThat(decision.reason()).startsWith("unfetchable");
  }

  @Test
  void deletedAgentReceivesNothing() {
    Account account = account(Mode.OPEN);
    agents.delete(account.agent());

    assertThat(decide(account, ANN)).isEqualTo(Verdict.REFUSE);
  }

  @Test
  void readingDecidesWhatTheHeaderLeftOpen() {
    IngestDecision reportOnly = new IngestDecision(Verdict.REPORT_ONLY, "not known");

    assertThat(afterReading(reportOnly, true).status()).isEqualTo(InboundStatus.REPORT);
    assertThat(afterReading(reportOnly, false))
        .isEqualTo(new IngestDecision(Verdict.REFUSE, "not known"));
    assertThat(afterReading(IngestDecision.accept(), true).status())
        .isEqualTo(InboundStatus.REPORT);
    assertThat(afterReading(IngestDecision.accept(), false)).isEqualTo(IngestDecision.accept());
  }

  @Test
  void twinsInOneBatchAreTakenInOnce() {
    Account account = account(Mode.OPEN);
    IncomingMail mail = mail(account, ANN, 1000, PriorFailures.NONE);
    IngestBatch batch = batch(mail, mail, mail(account, ANN, 1000, PriorFailures.NONE));

    policies.decide(batch);

    assertThat(batch.all())
        .extracting(one -> one.decision().verdict())
        .containsOnly(Verdict.ACCEPT);
    DuplicateDetector.leaveOne(batch.all());
    assertThat(batch.all())
        .extracting(one -> one.decision().verdict())
        .containsExactly(Verdict.ACCEPT, Verdict.DUPLICATE, Verdict.ACCEPT);
  }

  @Test
  void mailThatItsServerCallsTheSameIsTakenInOnce() {
    Account account = account(Mode.OPEN);
    IngestBatch batch =
        batch(
            named(account, "M1"), named(account, "M2"), named(account, "M1"), named(account, null));

    policies.decide(batch);

    assertThat(batch.all())
        .extracting(one -> one.decision().verdict())
        .containsOnly(Verdict.ACCEPT);
    DuplicateDetector.leaveOne(batch.all());
    assertThat(batch.all())
        .extracting(one -> one.decision().verdict())
        .containsExactly(Verdict.ACCEPT, Verdict.ACCEPT, Verdict.DUPLICATE, Verdict.ACCEPT);
  }

  @Test
  void twinOfACopyThatALaterStepHoldsIsTakenIn() {
    Account account = account(Mode.OPEN);
    IngestBatch batch = batch(named(account, "M3"), named(account, "M3"));

    policies.decide(batch);
    batch.all().get(0).hold(HoldReason.MALWARE, "found");
    DuplicateDetector.leaveOne(batch.all());

    assertThat(batch.all())
        .extracting(one -> one.decision().verdict())
        .containsExactly(Verdict.HOLD, Verdict.ACCEPT);
  }

  @Test
  void acceptedMailLacksScreeningWhereScannersAreSetOrFindingsAreHeld() {
    IngestItem item = new IngestItem(mail(account(Mode.OPEN), ANN, 1000, PriorFailures.NONE));
    item.decide(IngestDecision.accept());

    assertThat(item.lacksScreening(false)).isFalse();
    assertThat(item.lacksScreening(true)).isTrue();
    item.setPolicy(
        new ContactPolicy(Mode.OPEN, Mode.OPEN, List.of())
            .with(Map.of("script", FindingAction.HOLD)));
    assertThat(item.lacksScreening(false)).isTrue();
    item.screened();
    assertThat(item.lacksScreening(true)).isFalse();
  }

  @Test
  void acceptedMailLacksJudgementWhereThePolicyAsksForProof() {
    IngestItem item = new IngestItem(mail(account(Mode.OPEN), ANN, 1000, PriorFailures.NONE));
    item.decide(IngestDecision.accept());
    boolean open = item.lacksJudgement();
    item.setPolicy(new ContactPolicy(Mode.KNOWN, Mode.OPEN, List.of()));
    boolean known = item.lacksJudgement();
    item.decide(IngestDecision.refuse("a stranger"));

    assertThat(open).isFalse();
    assertThat(known).isTrue();
    assertThat(item.lacksJudgement()).isFalse();
  }

  @Test
  void mailThatNoStepJudgedIsHeldWhereThePolicyAsksForProof() {
    IngestItem open = new IngestItem(mail(account(Mode.OPEN), ANN, 1000, PriorFailures.NONE));
    open.decide(IngestDecision.accept());
    IngestItem known = new IngestItem(mail(account(Mode.OPEN), ANN, 1000, PriorFailures.NONE));
    known.decide(IngestDecision.accept());
    known.setPolicy(new ContactPolicy(Mode.KNOWN, Mode.OPEN, List.of()));

    boolean openHeld = SenderReview.holdUnjudged(open);
    boolean knownHeld = SenderReview.holdUnjudged(known);

    assertThat(openHeld).isFalse();
    assertThat(open.becomes(InboundStatus.INGESTED)).isTrue();
    assertThat(knownHeld).isTrue();
    assertThat(known.becomes(InboundStatus.HELD)).isTrue();
    assertThat(known.decision().reason()).contains("lacks the step senderReview");
  }

  private static IncomingMail named(Account account, String emailId) {
    byte[] header = ("Subject: " + Ids.next() + "\r\n\r\n").getBytes(StandardCharsets.UTF_8);
    return new IncomingMail(
        new MailboxContext(account, new Lease(MailboxId.next(), 1), 1, 0, AfterIngest.SEEN, null),
        new FetchedHeader(1, 10, null, emailId, header),
        PriorFailures.NONE,
        () -> RawMail.of(header));
  }

  private IngestDecision afterReading(IngestDecision before, boolean report) {
    IngestItem item = new IngestItem(mail(account(Mode.OPEN), ANN, 1000, PriorFailures.NONE));
    item.decide(before);
    String mail = "Subject: Hello\n\nHello\n";
    if (report) {
      mail =
          """
          Return-Path: <>
          From: MAILER-DAEMON@a.example
          Subject: Undelivered mail

          <u@b.example>: unknown user
          """;
    }
    Classification classification =
        new MailClassifier()
            .classify(new MailParser().parse(mail.getBytes(StandardCharsets.UTF_8)));
    assertThat(classification.isForTheSender()).isEqualTo(report);
    policies.afterReading(item, classification);
    return item.decision();
  }

  private Verdict decide(Account account, String header) {
    return decide(mail(account, header, 1000, PriorFailures.NONE)).verdict();
  }

  private IngestDecision decide(IncomingMail mail) {
    IngestBatch batch = batch(mail);
    policies.decide(batch);
    return batch.all().get(0).decision();
  }

  private static IngestBatch batch(IncomingMail... mails) {
    return new IngestBatch(
        new IncomingBatch(
            new MailboxContext(
                mails[0].account(), new Lease(mails[0].mailbox(), 1), 1, 0, AfterIngest.SEEN, null),
            List.of(mails),
            wanted -> {}));
  }

  private static IncomingMail mail(
      Account account, String header, long size, PriorFailures priorFailures) {
    byte[] bytes =
        (header + "Message-ID: <" + Ids.next() + "@x>\r\n\r\n").getBytes(StandardCharsets.UTF_8);
    return new IncomingMail(
        new MailboxContext(account, new Lease(MailboxId.next(), 1), 1, 0, AfterIngest.SEEN, null),
        new FetchedHeader(1, size, null, bytes),
        priorFailures,
        () -> RawMail.of(bytes));
  }

  private Account at(String imapHost, Account account) {
    AccountSettings old = account.settings();
    ServerSettings server = account.server(Protocol.IMAP);
    ServerSettings moved =
        new ServerSettings(
            imapHost,
            server.port(),
            server.security(),
            server.auth(),
            server.username(),
            server.secret());
    return accounts
        .update(
            account.id(),
            new AccountSettings(
                null, null, moved, old.folder(), old.pollInterval(), old.idle(), old.inbound()))
        .orElseThrow();
  }

  private Account account(Mode inbound, String... contacts) {
    return account(
        new ContactPolicy(
            inbound, Mode.OPEN, List.of(contacts), true, ContactPolicy.Unproven.ADMIT));
  }

  private Account account(ContactPolicy policy) {
    MailUser user = new MailUser("agent-" + UUID.randomUUID() + "@example.test", "secret");
    return fixture.account(user, new Server(993, Security.SSL, true), policy);
  }
}
