package org.byoemail.inbound.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.byoemail.inbound.ingest.InboundFixture.await;
import static org.byoemail.inbound.ingest.InboundFixture.mail;
import static org.byoemail.inbound.ingest.InboundFixture.open;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.byoemail.account.alias.AliasKind;
import org.byoemail.account.alias.Aliases;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.InboundOptions;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.account.testmail.TestMail;
import org.byoemail.account.testmail.TestMailSearch;
import org.byoemail.account.testmail.TestMails;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.inbound.ingest.InboundFixture.Server;
import org.byoemail.inbound.mailbox.MailboxState;
import org.byoemail.support.DovecotServer;
import org.byoemail.support.MailUser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

/** Also what a test makes by the commands of Dovecot, such as an expunge by another client. */
class DovecotInboundTest extends RealImapServerTest {
  @RegisterExtension static final DovecotServer DOVECOT = DovecotServer.shared();

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Autowired TestMails testMails;
  @Autowired TestMailSearch search;
  @Autowired Aliases aliases;
  @Autowired TransactionTemplate transactions;

  DovecotInboundTest() {
    super(DOVECOT);
  }

  @ParameterizedTest
  @EnumSource(
      value = Security.class,
      names = {"SSL", "STARTTLS"})
  void idleBringsMailOverTls(Security security) {
    MailUser user = watch(security);

    DOVECOT.deliver(user.address(), mail(ANN, "first"));
    awaitIngested("first");
    awaitState(MailboxState.IDLE);
    DOVECOT.deliver(user.address(), mail(ANN, "second"));

    awaitIngested("first", "second");
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> flags(user).stream().allMatch(flags -> flags.contains("\\Seen")));
  }

  @Test
  void gatewaysOwnMailToTheOwnerNeverReachesTheAgent() {
    MailUser user = watch(Security.SSL);
    UUID known = fixture.connectNotice(watched);
    byte[] byMessageId = mail(ANN, "own by id", "byo-connect." + known + "@example.test");
    byte[] byHeader = with("X-BYO-Connect-Notice: " + known, mail(ANN, "own by header"));
    byte[] forged = with("X-BYO-Connect-Notice: " + UUID.randomUUID(), mail(ANN, "not known"));

    for (byte[] one : List.of(byMessageId, byHeader, forged)) {
      DOVECOT.deliver(user.address(), one);
    }

    awaitIngested("not known");
    assertThat(fixture.subjects(watched, "refused")).containsExactly("own by id", "own by header");
    assertThat(fixture.messages(watched)).containsExactly("not known");
  }

  private static byte[] with(String field, byte[] mail) {
    return (field + "\r\n" + new String(mail, StandardCharsets.UTF_8))
        .getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void testMailIsFoundAmongJunkAndNotAmongWhatWasSent() {
    MailUser user = DOVECOT.freshUser("agent");
    Account account =
        fixture.account(user, new Server(DOVECOT.imapsPort(), Security.SSL, true), open());
    UUID id = UUID.randomUUID();
    fixture
        .jdbc
        .sql(
            """
            INSERT INTO test_mail
              (id, account_id, organization, requested_by, recipient, message_id, requested_at)
            VALUES (:id, :account, 'acme', 'somebody', :address, gen_random_uuid(), now())
            """)
        .param("id", id)
        .param("account", account.id().value())
        .param("address", user.address())
        .update();
    String sent =
        TestMail.HEADER
            + ": "
            + id
            + "\r\n"
            + new String(mail(ANN, "test"), StandardCharsets.US_ASCII);

    DOVECOT.deliver(user.address(), sent.getBytes(StandardCharsets.US_ASCII));
    DOVECOT.doveadm("move", "-u", user.address(), "Sent", "mailbox", "INBOX", "all");
    search.look(account, testMails.find(account.id(), id).orElseThrow());
    TestMail amongSent = testMails.find(account.id(), id).orElseThrow();
    DOVECOT.doveadm("move", "-u", user.address(), "Junk", "mailbox", "Sent", "all");
    fixture.jdbc.sql("UPDATE test_mail SET searched_at = NULL").update();
    search.look(account, amongSent);
    TestMail amongJunk = testMails.find(account.id(), id).orElseThrow();

    assertThat(amongSent.arrivedAt()).isNull();
    assertThat(amongSent.searchError()).isNull();
    assertThat(amongJunk.folder()).isEqualTo("Junk");
    assertThat(amongJunk.arrivedAt()).isNotNull();
  }

  @Test
  void largeMailComesWhole() {
    MailUser user = watch(Security.SSL);
    String line = "0123456789".repeat(7) + "\r\n";
    byte[] large =
        (new String(mail(ANN, "large"), StandardCharsets.US_ASCII) + line.repeat(50_000))
            .getBytes(StandardCharsets.US_ASCII);

    DOVECOT.deliver(user.address(), large);

    awaitIngested("large");
    assertThat(fixture.textLength(watched)).isGreaterThan(3_500_000);
    assertThat(fixture.rawSizes(watched)).containsExactly((long) size(user));
  }

  @Test
  void tagThatTheServerNotedIsToldWhateverTheMailSays() {
    MailUser user = watch(Security.SSL);
    EmailAddress own = watched.address();
    transactions.executeWithoutResult(
        status ->
            aliases.set(
                watched,
                AliasKind.PLUS,
                Set.of(new EmailAddress(own.localPart() + "+*@" + own.domain()))));

    DOVECOT.deliver(user.address().replace("@", "+news@"), mail(ANN, "tagged"));
    DOVECOT.deliver(user.address(), mail(ANN, "plain"));

    awaitIngested("tagged", "plain");
    assertThat(fixture.rows(watched))
        .extracting(row -> row.get("recipient_tag"))
        .containsExactly("news", null);
  }

  @Test
  void whatItsOwnerMarkedDeletedIsNotExpunged() throws Exception {
    MailUser user = watch(Security.SSL);
    DOVECOT.deliver(user.address(), mail(ANN, "kept"));
    awaitIngested("kept");
    DOVECOT.doveadm("flags", "add", "-u", user.address(), "\\Deleted", "mailbox", "INBOX", "all");

    fixture.disable(watched);
    await(
        "the end",
        () -> watchers.states(watched.id()).stream().findFirst(),
        java.util.Optional::isEmpty);

    assertThat(flags(user)).hasSize(1);
    assertThat(flags(user).get(0)).contains("\\Deleted");
  }

  @Test
  void mailsExpungedInFrontOfTheCursorMakeNoOtherLostOrTakenInAgain() {
    MailUser user = watch(Security.SSL);
    for (String subject : List.of("first", "second", "third")) {
      DOVECOT.deliver(user.address(), mail(ANN, subject));
    }
    awaitIngested("first", "second", "third");
    awaitState(MailboxState.IDLE);

    DOVECOT.doveadm("expunge", "-u", user.address(), "mailbox", "INBOX", "1:2");
    DOVECOT.deliver(user.address(), mail(ANN, "fourth"));
    awaitIngested("first", "second", "third", "fourth");
    DOVECOT.doveadm("expunge", "-u", user.address(), "mailbox", "INBOX", "all");
    DOVECOT.deliver(user.address(), mail(ANN, "fifth"));

    awaitIngested("first", "second", "third", "fourth", "fifth");
    assertThat(fixture.rows(watched)).hasSize(5);
    assertThat(fixture.events(watched)).hasSize(5).containsOnly("message.received");
    assertThat(flags(user)).hasSize(1);
  }

  @Test
  void mailboxNumberedAnewWhileItIsWatchedIsToldOfAndRepeatsNothing() {
    MailUser user = watch(Security.SSL);
    DOVECOT.deliver(user.address(), mail(ANN, "first"));
    DOVECOT.deliver(user.address(), mail(ANN, "second"));
    awaitIngested("first", "second");
    awaitState(MailboxState.IDLE);

    DOVECOT.doveadm(
        "mailbox", "update", "--uid-validity", "4000000000", "-u", user.address(), "INBOX");
    DOVECOT.deliver(user.address(), mail(ANN, "third"));

    await(
        "the third",
        () -> {
          // The server hangs up, and a mailbox is met again after a while only.
          watchers.pollNow(watched.id());
          return fixture.subjects(watched, "ingested");
        },
        List.of("first", "second", "third")::equals);
    assertThat(fixture.messages(watched)).containsExactly("first", "second", "third");
    assertThat(fixture.events(watched))
        .containsOnlyOnce("account.mailbox_reset")
        .filteredOn("message.received"::equals)
        .hasSize(3);
  }

  @Test
  void serverThatRestartsIsFoundAgain() {
    MailUser user = watch(Security.SSL);
    awaitState(MailboxState.IDLE);

    DOVECOT.stop();
    awaitState(MailboxState.BACKING_OFF);
    DOVECOT.start();
    DOVECOT.deliver(user.address(), mail(ANN, "after the restart"));
    watchers.pollNow(watched.id());

    awaitIngested("after the restart");
  }

  private MailUser watch(Security security) {
    MailUser user = DOVECOT.freshUser("agent");
    watch(user, security, InboundOptions.DEFAULT);
    return user;
  }

  private static List<String> flags(MailUser user) {
    return DOVECOT
        .doveadm("-f", "flow", "fetch", "-u", user.address(), "flags", "mailbox", "INBOX", "all")
        .lines()
        .filter(line -> !line.isBlank())
        .toList();
  }

  private static int size(MailUser user) {
    return Integer.parseInt(
        DOVECOT
            .doveadm(
                "-f",
                "flow",
                "fetch",
                "-u",
                user.address(),
                "size.virtual",
                "mailbox",
                "INBOX",
                "all")
            .strip()
            .replaceFirst("size.virtual=", ""));
  }
}
