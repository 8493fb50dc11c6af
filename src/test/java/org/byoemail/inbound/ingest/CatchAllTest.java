package org.byoemail.inbound.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.byoemail.inbound.ingest.InboundFixture.await;
import static org.byoemail.inbound.ingest.InboundFixture.open;

import com.icegreen.greenmail.imap.ImapHostManager;
import com.icegreen.greenmail.user.GreenMailUser;
import jakarta.mail.Flags;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.byoemail.account.alias.AliasKind;
import org.byoemail.account.alias.AliasProbes;
import org.byoemail.account.alias.AliasState;
import org.byoemail.account.alias.Aliases;
import org.byoemail.account.alias.CatchAll;
import org.byoemail.account.alias.CatchAllRule.Pattern;
import org.byoemail.account.alias.CatchAlls;
import org.byoemail.account.alias.DomainProof;
import org.byoemail.account.alias.PatternSenders;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.Agents;
import org.byoemail.account.registry.ContactPolicy;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.inbound.ingest.InboundFixture.Server;
import org.byoemail.support.GreenMailServer;
import org.byoemail.support.MailUser;
import org.byoemail.support.SmtpRelayStub;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

/** Mail of a catch-all domain, from its proof to the agents that its rules name. */
@InboundRoutesTest
class CatchAllTest {
  @RegisterExtension static final GreenMailServer GREENMAIL = GreenMailServer.shared();

  private static final String ANN = "ann@else.test";

  @Autowired InboundFixture fixture;
  @Autowired Aliases aliases;
  @Autowired AliasProbes probes;
  @Autowired CatchAlls catchAlls;
  @Autowired PatternSenders senders;
  @Autowired TransactionTemplate transactions;

  private final String domain = "d" + UUID.randomUUID().toString().substring(0, 8) + ".test";
  @Autowired Agents agents;
  private Agent support;
  private UnaryOperator<String> server = UnaryOperator.identity();
  private MailUser user;
  private Account account;
  private SmtpRelayStub smtp;

  @BeforeEach
  void makeAgent() {
    support = agent(open());
  }

  @AfterEach
  void stop() {
    smtp.close();
    fixture.disable(account);
  }

  @Test
  void mailGoesToTheAgentsThatRulesNameOnceARoundTripHasProvedTheDomain() {
    Agent strict =
        agent(
            new ContactPolicy(
                ContactPolicy.Mode.KNOWN,
                ContactPolicy.Mode.OPEN,
                List.of(),
                true,
                ContactPolicy.Unproven.ADMIT));
    watch();
    set(false, Map.of("support", support.id(), "strict", strict.id()));

    deliver("support@" + domain, "before the proof");
    await("the first", () -> fixture.messages(account), List.of("before the proof")::equals);
    prove();
    deliver("support+billing@" + domain, "for support");
    deliver("strict@" + domain, "for strict");
    deliver("nobody@" + domain, "for nobody");
    deliver(account.address().value(), "for the account");

    await("all", () -> fixture.rows(account).size(), count -> count == 6);
    assertThat(subjects(support)).containsExactly("for support");
    assertThat(subjects(strict)).isEmpty();
    assertThat(fixture.messages(account))
        .containsExactly("before the proof", "for nobody", "for the account");
    assertThat(fixture.subjects(account, "refused")).contains("for strict").hasSize(2);
    assertThat(row("for support"))
        .containsEntry("recipient", "support+billing@" + domain)
        .containsEntry("recipient_tag", "billing");
    assertThat(fixture.events(account))
        .contains("domain.proved", "alias.proved")
        .filteredOn("message.received"::equals)
        .hasSize(4);
    assertThat(receivedBySupport()).contains("\"recipientTag\"", "billing");
  }

  @Test
  void mailThatNoRuleNamesIsRefusedWhereTheAccountSaysSo() {
    watch();
    set(true, Map.of("sales-*", support.id()));
    prove();

    deliver("sales-de@" + domain, "for sales");
    deliver("nobody@" + domain, "for nobody");
    deliver(account.address().value(), "for the account");

    await("all", () -> fixture.rows(account).size(), count -> count == 4);
    assertThat(subjects(support)).containsExactly("for sales");
    assertThat(fixture.messages(account)).containsExactly("for the account");
    assertThat(row("for nobody").get("reason")).asString().contains("no rule");
  }

  @Test
  void copiesToSeveralAgentsAreSeveralMailsAndOneThatComesBackIsNot() {
    Agent sales = agent(open());
    watch();
    String both = new String(InboundFixture.mail(ANN, "to both"), StandardCharsets.UTF_8);
    GREENMAIL.deliver(user, delivered("sales@" + domain, both));
    await("the first", () -> fixture.messages(account), List.of("to both")::equals);
    set(false, Map.of("support", support.id(), "sales", sales.id()));
    prove();
    String later = new String(InboundFixture.mail(ANN, "later"), StandardCharsets.UTF_8);

    GREENMAIL.deliver(user, delivered("sales@" + domain, both));
    for (String recipient : List.of("support@", "sales@", "sales@", "nobody@")) {
      GREENMAIL.deliver(user, delivered(recipient + domain, later));
    }

    await("all", () -> fixture.rows(account).size(), count -> count == 7);
    assertThat(subjects(support)).containsExactly("later");
    assertThat(subjects(sales)).containsExactly("later");
    assertThat(fixture.messages(account)).containsExactly("to both", "later");
    assertThat(fixture.subjects(account, "duplicate")).containsExactly("to both", "later");
  }

  @Test
  void copiesToSeveralAgentsReachEachOnceWhateverFolderTheyAreIn() throws Exception {
    Agent sales = agent(open());
    watch();
    set(false, Map.of("support", support.id(), "sales", sales.id()));
    prove();
    folder("Support");
    account = fixture.watchInstead(account, List.of("INBOX", "Support"));
    String mail = new String(InboundFixture.mail(ANN, "to both"), StandardCharsets.UTF_8);

    GREENMAIL.deliver(user, delivered("sales@" + domain, mail));
    await("the copy for sales", () -> subjects(sales), List.of("to both")::equals);
    append("Support", delivered("support@" + domain, mail));
    await("the copy for support", () -> subjects(support), List.of("to both")::equals);
    append("Support", delivered("sales@" + domain, mail));
    GREENMAIL.deliver(user, delivered("support@" + domain, mail));

    await(
        "the copies of copies",
        () -> fixture.subjects(account, "duplicate"),
        List.of("to both", "to both")::equals);
    assertThat(subjects(sales)).containsExactly("to both");
    assertThat(subjects(support)).containsExactly("to both");
  }

  private void folder(String name) throws Exception {
    ImapHostManager folders = GREENMAIL.running().getManagers().getImapHostManager();
    folders.createMailbox(
        GREENMAIL.running().getUserManager().getUserByEmail(user.address()), name);
  }

  private void append(String name, byte[] mail) throws Exception {
    GreenMailUser owner = GREENMAIL.running().getUserManager().getUserByEmail(user.address());
    GREENMAIL
        .running()
        .getManagers()
        .getImapHostManager()
        .getFolder(owner, name)
        .appendMessage(
            new MimeMessage((Session) null, new ByteArrayInputStream(mail)),
            new Flags(),
            new Date());
  }

  @Test
  void agentSendsFromItsAddressesOnceTheRoundTripKeptFrom() {
    watch();
    set(true, Map.of("support", support.id()));
    EmailAddress address = EmailAddress.parse("support+1@" + domain);
    assertThat(senders.of(List.of(address))).isEmpty();

    prove();

    assertThat(senders.of(List.of(address, EmailAddress.parse("nobody@" + domain))))
        .singleElement()
        .satisfies(
            sender -> {
              assertThat(sender.address()).isEqualTo(address);
              assertThat(sender.agent()).isEqualTo(support.id());
              assertThat(sender.account()).isEqualTo(account.id());
              assertThat(sender.endpoint()).isNotEqualTo(account.endpoint());
            });
    fixture.asUser(account, "another", smtp.port());
    assertThat(senders.of(List.of(address))).isEmpty();
  }

  @Test
  void rewrittenFromProvesTheDomainButNotSending() {
    watch();
    server = mail -> mail.replaceFirst("From: [^\r]*", "From: " + account.address().value());
    set(true, Map.of("support", support.id()));

    probes.send(account, CatchAll.alias(domain));

    await("a proof", () -> only().proof(), DomainProof.ROUND_TRIP::equals);
    assertThat(state()).isEqualTo(AliasState.REWRITTEN);
    assertThat(senders.of(List.of(EmailAddress.parse("support@" + domain)))).isEmpty();
  }

  @Test
  void copyThatTheServerStoredAndAReportAboutTheProbeProveNothing() {
    watch();
    String[] held = new String[1];
    server =
        mail -> {
          held[0] = mail;
          return "";
        };
    set(true, Map.of("support", support.id()));
    probes.send(account, CatchAll.alias(domain));
    await("the probe", () -> held[0] != null, sent -> sent);

    GREENMAIL.deliver(user, held[0].getBytes(StandardCharsets.US_ASCII));
    await("the copy", () -> fixture.rows(account).size(), count -> count == 1);

    assertThat(only().proof()).isNull();

    fixture
        .jdbc
        .sql("UPDATE account_alias SET state = 'probing' WHERE account_id = ?")
        .param(account.id().value())
        .update();
    String report = held[0].replaceFirst("From: [^\r]*", "From: postmaster@else.test");
    GREENMAIL.deliver(user, delivered("x@" + domain, report));
    await("the report", () -> fixture.rows(account).size(), count -> count == 2);

    assertThat(only().proof()).isNull();
    assertThat(state()).isEqualTo(AliasState.REWRITTEN);
  }

  @Test
  void roundTripDoesNotTakeADomainThatAnotherOrganizationHasProvedAndDnsDoes() {
    watch();
    set(true, Map.of("support", support.id()));
    prove();
    Account first = account;
    SmtpRelayStub before = smtp;
    fixture
        .jdbc
        .sql("UPDATE catch_all SET organization = 'their-own' WHERE domain = :domain")
        .param("domain", domain)
        .update();
    fixture
        .jdbc
        .sql("UPDATE account_alias SET organization = 'their-own' WHERE account_id = :id")
        .param("id", first.id().value())
        .update();
    watch();
    set(true, Map.of("sales", support.id()));

    probes.send(account, CatchAll.alias(domain));
    await("an end", this::state, AliasState.FAILED::equals);

    assertThat(only().proof()).isNull();
    assertThat(only().error()).contains("ask the operator").doesNotContain("their-own");

    catchAlls.provedByDns(account, only(), List.of("v=spf1 -all", only().recordText()));

    assertThat(only().proof()).isEqualTo(DomainProof.DNS);
    CatchAll lost = catchAlls.of(first.id()).get(0);
    assertThat(lost.proof()).isNull();
    assertThat(fixture.events(first)).contains("domain.lost");

    // The record of the organisation that holds the domain is still there.
    catchAlls.provedByDns(first, lost, List.of(lost.recordText(), only().recordText()));
    assertThat(catchAlls.of(first.id()).get(0).proof()).isNull();
    catchAlls.provedByDns(first, lost, List.of(lost.recordText()));
    assertThat(only().proof()).isNull();
    before.close();
    fixture.disable(first);
  }

  @Test
  void proofOfARoundTripHoldsForTheMailboxOnly() {
    watch();
    set(true, Map.of("support", support.id()));
    prove();

    fixture
        .jdbc
        .sql("UPDATE catch_all SET imap_username = 'before' WHERE domain = :domain")
        .param("domain", domain)
        .update();

    assertThat(only().proof()).isNull();
  }

  @Test
  void tagOfAPlusAddressIsToldAndSentFromAfterARoundTrip() {
    watch();
    EmailAddress own = account.address();
    EmailAddress pattern = new EmailAddress(own.localPart() + "+*@" + own.domain());
    EmailAddress tagged = new EmailAddress(own.localPart() + "+news@" + own.domain());
    deliver(tagged.value(), "off");
    await("the first", () -> fixture.messages(account), List.of("off")::equals);
    transactions.executeWithoutResult(
        status -> aliases.set(account, AliasKind.PLUS, Set.of(pattern)));

    deliver(tagged.value(), "on");
    probes.send(account, pattern);

    await("a proof", this::plusState, AliasState.PROVED::equals);
    await("the mail", () -> fixture.messages(account), List.of("off", "on")::equals);
    assertThat(row("off").get("recipient_tag")).isNull();
    assertThat(row("on")).containsEntry("recipient_tag", "news");
    assertThat(senders.of(List.of(tagged)))
        .singleElement()
        .satisfies(sender -> assertThat(sender.endpoint()).isEqualTo(account.endpoint()));
  }

  private void watch() {
    user = GREENMAIL.freshUser("all");
    MailUser mailbox = user;
    smtp =
        new SmtpRelayStub(
            mail -> {
              String changed = server.apply(mail);
              if (!changed.isEmpty()) {
                GREENMAIL.deliver(mailbox, delivered("x@" + domain, changed));
              }
            });
    Account receiving =
        fixture.account(user, new Server(GREENMAIL.imapPort(), Security.NONE, true), open());
    account = fixture.enable(fixture.sendingOver(receiving, smtp.port()));
  }

  private void set(boolean refuse, Map<String, AgentId> rules) {
    Map<Pattern, AgentId> read = new LinkedHashMap<>();
    rules.forEach((text, agent) -> read.put(Pattern.parse(text, domain), agent));
    transactions.executeWithoutResult(
        status -> {
          aliases.set(account, AliasKind.DOMAIN, Set.of(CatchAll.alias(domain)));
          catchAlls.set(account, List.of(new CatchAlls.NewRule(domain, refuse, read)));
        });
  }

  private void prove() {
    probes.send(account, CatchAll.alias(domain));
    await("a proof", this::state, AliasState.PROVED::equals);
    assertThat(only().proof()).isEqualTo(DomainProof.ROUND_TRIP);
  }

  private CatchAll only() {
    return catchAlls.of(account.id()).get(0);
  }

  private AliasState state() {
    return aliases.of(account.id(), AliasKind.DOMAIN).get(0).state();
  }

  private AliasState plusState() {
    return aliases.of(account.id(), AliasKind.PLUS).get(0).state();
  }

  private Agent agent(ContactPolicy policy) {
    return agents.create(new OrganizationId("acme"), "Agent", policy);
  }

  private void deliver(String recipient, String subject) {
    String mail = new String(InboundFixture.mail(ANN, subject), StandardCharsets.UTF_8);
    GREENMAIL.deliver(user, delivered(recipient, mail));
  }

  /** As Postfix hands a mail to the mailbox that its recipient is redirected to. */
  private byte[] delivered(String recipient, String mail) {
    return ("Return-Path: <ann@else.test>\r\nX-Original-To: "
            + recipient
            + "\r\nDelivered-To: "
            + account.address().value()
            + "\r\nReceived: from else.test by mx.example.test; Tue, 24 Nov 2026 10:00:00 +0000\r\n"
            + mail)
        .getBytes(StandardCharsets.UTF_8);
  }

  private List<String> subjects(Agent agent) {
    return fixture
        .jdbc
        .sql(
            """
            SELECT m.subject FROM message m JOIN conversation c ON c.id = m.conversation_id
              JOIN endpoint e ON e.id = m.endpoint_id
            WHERE c.agent_id = :agent AND e.owner_agent_id = :agent ORDER BY m.id
            """)
        .param("agent", agent.id().value())
        .query(String.class)
        .list();
  }

  private Map<String, @Nullable Object> row(String subject) {
    return fixture.rows(account).stream()
        .filter(row -> subject.equals(row.get("subject")))
        .findFirst()
        .orElseThrow();
  }

  private String receivedBySupport() {
    return fixture
        .jdbc
        .sql(
            """
            SELECT string_agg(v.body::text, ' ') FROM event v JOIN message m ON m.id = v.message_id
              JOIN conversation c ON c.id = m.conversation_id WHERE c.agent_id = :agent
            """)
        .param("agent", support.id().value())
        .query(String.class)
        .single();
  }
}
