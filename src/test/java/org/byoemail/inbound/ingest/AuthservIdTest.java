package org.byoemail.inbound.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.byoemail.inbound.ingest.InboundFixture.await;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.byoemail.account.receiving.AuthservCandidate;
import org.byoemail.account.receiving.AuthservConflict;
import org.byoemail.account.receiving.AuthservIds;
import org.byoemail.account.receiving.AuthservProbes;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.ContactPolicy;
import org.byoemail.account.registry.ContactPolicy.Mode;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.format.mail.Tokens;
import org.byoemail.inbound.ingest.InboundFixture.Server;
import org.byoemail.support.GreenMailServer;
import org.byoemail.support.MailUser;
import org.byoemail.support.SmtpRelayStub;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * How the authserv-id of a server that nobody knows is learnt, proved and confirmed, over a server
 * that removes forged fields, or leaves them.
 */
@InboundRoutesTest
class AuthservIdTest {
  @RegisterExtension static final GreenMailServer GREENMAIL = GreenMailServer.shared();

  private static final String ID = "mx.self-hosted.test";
  private static final String ANN = "ann@contact.test";

  @Autowired InboundFixture fixture;
  @Autowired Accounts accounts;
  @Autowired AuthservIds ids;
  @Autowired AuthservProbes probes;
  @Autowired Inbox inbox;

  private UnaryOperator<String> server = AuthservIdTest::withoutForgedFields;
  private MailUser user;
  private Account account;
  private SmtpRelayStub smtp;

  @AfterEach
  void stop() {
    smtp.close();
    fixture.disable(account);
  }

  @Test
  void idIsOfferedAfterThreeSendersAndAStrippedProbeAndCountsOnceItIsConfirmed() {
    watch();
    // The account's own domain, a sender again, and a field that speaks of another are no evidence.
    arrive("boss@" + account.address().domain(), "own", word(account.address().domain()));
    arrive(ANN, "before", word("contact.test"));
    arrive("ben@contact.test", "again", word("contact.test"));
    arrive("eve@evil.test", "of another", word("contact.test"));
    arrive("cat@two.test", "two", word("two.test"));
    await("two senders", () -> senders(), List.of("contact.test", "two.test")::equals);

    assertThatThrownBy(() -> ids.confirm(account, ID))
        .isInstanceOf(AuthservConflict.class)
        .hasMessageContaining("2 of 3");
    arrive("dan@three.test", "three", word("three.test"));
    await("three senders", () -> senders().size(), count -> count == 3);
    assertThatThrownBy(() -> ids.confirm(account, ID)).hasMessageContaining("no probe has shown");
    probes.send(account, account, ID);
    await("the probe", () -> only().isOffered(), offered -> offered);
    assertThatThrownBy(() -> probes.send(account, account, ID)).hasMessageContaining("last minute");
    assertThat(held()).contains("before");
    account = ids.confirm(account, ID).orElseThrow();

    String forged = "Authentication-Results: " + ID + "; dmarc=pass header.from=evil.test\r\n";
    // The watcher takes the change up within seconds.
    await(
        "the server's word",
        () -> {
          arrive(ANN, "vouched for", word("contact.test"));
          return fixture.messages(account);
        },
        all -> all.contains("vouched for"));
    arrive(ANN, "of another author", forged);
    arrive(ANN, "of another server", word("contact.test").replace(ID, "mx.evil.test"));
    await("the last", this::held, all -> all.contains("of another server"));

    assertThat(fixture.messages(account)).containsOnly("vouched for");
    assertThat(held()).contains("of another author");
    assertThat(verdicts("vouched for")).contains("authentic");
    assertThat(fixture.rows(account))
        .anySatisfy(row -> assertThat(row.get("reason")).asString().contains("probe"));
    assertThat(fixture.audited(account.id().value())).contains("account.authserv_id_trusted");
    // After a withdrawal mail is held again, and learning begins from the beginning.
    account = ids.withdraw(account).orElseThrow();
    await(
        "no more trust",
        () -> {
          arrive(ANN, "after", word("contact.test"));
          return held();
        },
        all -> all.contains("after"));
    assertThat(senders()).containsExactly("contact.test");
    assertThat(only().probe()).isNull();
  }

  @Test
  void serverThatLeavesForgedFieldsIsNotOfferedAndLosesTheTrust() {
    server = mail -> "Received: from a by b; today\r\n" + mail;
    watch();
    account = ids.set(account, ID).orElseThrow();
    await(
        "the new account",
        () -> accounts.find(account.id()).orElseThrow().authservId(),
        ID::equals);

    probes.send(account, account, ID);

    await(
        "no trust",
        () -> accounts.find(account.id()).orElseThrow().authserv() == null,
        withdrawn -> withdrawn);
    assertThat(only().probe().stripped()).isFalse();
    assertThat(only().isOffered()).isFalse();
    assertThatThrownBy(() -> ids.confirm(account, ID)).isInstanceOf(AuthservConflict.class);
    assertThat(fixture.audited(account.id().value()))
        .contains("account.authserv_id_trusted", "account.authserv_id_distrusted");
  }

  @Test
  void trustHoldsForTheHostThatItWasGivenFor() {
    watch();
    account = ids.set(account, ID).orElseThrow();

    fixture
        .jdbc
        .sql("UPDATE agent_email_account SET authserv_host = 'old.test' WHERE id = :id")
        .param("id", account.id().value())
        .update();

    assertThat(accounts.find(account.id()).orElseThrow().authserv()).isNull();
  }

  @Test
  void strangersIdsMakeRoomForEachOther() {
    watch();
    for (int i = 0; i < 30; i++) {
      ids.seen(account, "mx" + i + ".evil.test", "evil.test");
    }
    ids.seen(account, ID, "one.test");
    ids.seen(account, ID, "two.test");

    assertThat(ids.seen(account, ID, "three.test")).isTrue();
    assertThat(ids.seen(account, ID, "four.test")).isTrue();
    assertThat(ids.of(account)).hasSizeLessThanOrEqualTo(20);
    assertThat(ids.of(account).get(0).id()).isEqualTo(ID);
    assertThat(ids.of(account).get(0).senders()).hasSize(3);
  }

  @Test
  void probesAreFewAndOfFewIds() {
    watch();
    server = mail -> mail;
    for (int i = 0; i < 20; i++) {
      probed("mx" + i + ".evil.test", i);
    }

    assertThatThrownBy(() -> probes.send(account, account, ID))
        .isInstanceOf(AuthservConflict.class)
        .hasMessageContaining("20 other ids");
    // One that failed within the minute counts, too.
    assertThatThrownBy(() -> probes.send(account, account, "mx1.evil.test"))
        .isInstanceOf(AuthservConflict.class)
        .hasMessageContaining("last minute");
    assertThat(ids.of(account)).hasSize(20);
  }

  @Test
  void trustIsNotGivenToAnotherHostThanTheOneThatWasLookedAt() {
    watch();
    assertThat(accounts.trustAuthserv(account.id(), "other.test", ID, true)).isEmpty();
    assertThat(accounts.find(account.id()).orElseThrow().authserv()).isNull();
  }

  private void probed(String id, int minutesAgo) {
    fixture
        .jdbc
        .sql(
            """
            INSERT INTO authserv_probe (token_sha256, account_id, host, authserv_id, sent_from, sent_at, error)
            VALUES (:token, :account, :host, :id, 'a@b.test', statement_timestamp() - :ago * interval '1 minute', 'not sent')
            """)
        .param("token", Tokens.sha256(id + account.id()))
        .param("account", account.id().value())
        .param("host", account.server(Protocol.IMAP).host())
        .param("id", id)
        .param("ago", minutesAgo)
        .update();
  }

  private void watch() {
    user = GREENMAIL.freshUser("learning");
    smtp = new SmtpRelayStub(mail -> deliver(server.apply(mail)));
    Account receiving =
        fixture.account(
            user,
            new Server(GREENMAIL.imapPort(), Security.NONE, true),
            new ContactPolicy(
                Mode.KNOWN, Mode.OPEN, List.of(ANN, "@" + UUID.randomUUID() + ".test")));
    account = fixture.enable(fixture.sendingOver(receiving, smtp.port()));
  }

  private static String withoutForgedFields(String mail) {
    return "Received: from a by b; today\r\n"
        + mail.replaceAll("(?m)^Authentication-Results: .*\\r\\n(?:[ \\t].*\\r\\n)*", "");
  }

  private static String word(String domain) {
    return "Authentication-Results: "
        + ID
        + "; dmarc=pass header.from="
        + domain
        + "\r\nReceived: from "
        + domain
        + " by "
        + ID
        + "; today\r\n";
  }

  private void arrive(String from, String subject, String above) {
    deliver(
        above
            + "From: "
            + from
            + "\r\nTo: agent@example.test\r\nSubject: "
            + subject
            + "\r\nMessage-ID: <"
            + UUID.randomUUID()
            + "@else.test>\r\n\r\nHello.\r\n");
  }

  private void deliver(String mail) {
    GREENMAIL.deliver(user, mail.getBytes(StandardCharsets.US_ASCII));
  }

  private AuthservCandidate only() {
    return ids.of(account).get(0);
  }

  private List<String> senders() {
    List<AuthservCandidate> all = ids.of(account);
    return all.isEmpty()
        ? List.of()
        : all.get(0).senders().stream().map(AuthservCandidate.Sender::domain).sorted().toList();
  }

  private List<String> held() {
    return inbox
        .list(new InboxFilter(null, account.id(), InboundStatus.HELD, null, null), 100)
        .stream()
        .map(InboxEntry::subject)
        .toList();
  }

  private List<String> verdicts(String subject) {
    return inbox.list(new InboxFilter(null, account.id(), null, null, null), 100).stream()
        .filter(one -> subject.equals(one.subject()))
        .map(one -> one.judged().verdict())
        .toList();
  }
}
