package org.byoemail.mailbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.UUID;
import org.byoemail.account.Account;
import org.byoemail.account.AccountSettings;
import org.byoemail.account.Accounts;
import org.byoemail.account.AfterIngest;
import org.byoemail.account.ServerSettings.Security;
import org.byoemail.lease.Lease;
import org.byoemail.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The mailbox of an account follows its settings, in the transaction that changes them. */
@SpringBootTest(
    classes = MailboxTestApplication.class,
    webEnvironment = SpringBootTest.WebEnvironment.NONE,
    properties = {
      "byo.secret.keyset=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
      "camel.main.routes-include-pattern=false",
      "camel.main.routes-reload-enabled=false"
    })
class MailboxesTest {
  @Autowired MailboxFixture fixture;
  @Autowired MailboxRows rows;
  @Autowired Accounts accounts;
  @Autowired JdbcClient jdbc;

  @DynamicPropertySource
  static void database(DynamicPropertyRegistry registry) {
    TestDatabase.register(registry);
  }

  @Test
  void anotherFolderIsAnotherMailboxWithItsOwnBaseline() {
    Account account = fixture.account();
    Mailbox before = fixture.mailbox(account);
    rows.establish(before.id(), new Cursor(7, 41));

    accounts.update(account.id(), inFolder(account, "Archive"));

    Mailbox after = fixture.mailbox(account);
    assertThat(after.id()).isNotEqualTo(before.id());
    assertThat(after.cursor()).isNull();
    assertThat(rows.find(before.id())).isEmpty();
  }

  @Test
  void changeOfAnythingElseKeepsTheMailbox() {
    Account account = fixture.account();
    Mailbox before = fixture.mailbox(account);
    AccountSettings old = account.settings();

    accounts.update(
        account.id(),
        new AccountSettings(
            "Ada", null, old.imap(), "inbox", old.pollInterval().plusSeconds(1), false));

    assertThat(fixture.mailbox(account)).isEqualTo(before);
  }

  @Test
  void watcherWhoseLeaseIsGoneNotesNothingOfMail() {
    Account account = fixture.account();
    rows.establish(fixture.mailbox(account).id(), new Cursor(7, 41));
    fixture.takenIn(account, 41);
    jdbc.sql("UPDATE inbound_mail SET status = 'quarantined', refetch_at = now()").update();
    Reading stale = reading(account, fixture.lease(account));
    Reading current = reading(account, fixture.lease(account));
    Kept kept = rows.wantedAgain(stale).get(0);

    rows.done(stale, List.of(41L));
    rows.notWanted(stale, kept, "stale");

    assertThat(fixture.pending(account)).isEqualTo(1);
    assertThat(rows.wantedAgain(current)).containsExactly(kept);
    rows.done(current, List.of(41L));
    rows.notWanted(current, kept, "current");
    assertThat(fixture.pending(account)).isZero();
    assertThat(rows.wantedAgain(current)).isEmpty();
  }

  @Test
  void placeOfAnotherAccountIsRefusedAndTheChangeWithIt() {
    String host =
        Long.toUnsignedString(UUID.randomUUID().getLeastSignificantBits()) + ".example.test";
    fixture.account(host, "INBOX");
    Account second = fixture.account(host, "Second");

    assertThatThrownBy(() -> accounts.update(second.id(), inFolder(second, "INBOX")))
        .isInstanceOf(MailboxTaken.class)
        .hasMessageContaining("INBOX")
        .hasMessageContaining(host)
        .hasMessageNotContaining("ada");

    assertThat(accounts.find(second.id()).orElseThrow().settings().folder()).isEqualTo("Second");
    assertThat(fixture.mailbox(second).place().folder()).isEqualTo("Second");
  }

  @Test
  void accountThatNoLongerReceivesGivesItsPlaceFree() {
    String host = UUID.randomUUID() + ".example.test";
    Account first = fixture.account(host, "INBOX");
    accounts.update(first.id(), fixture.settings(null, "INBOX"));

    Account second = fixture.account(host, "INBOX");

    assertThat(rows.of(first.id())).isEmpty();
    assertThat(fixture.mailbox(second).place().host()).isEqualTo(host);
  }

  @Test
  void accountIsDeletedThoughItHasAMailbox() {
    Account account = fixture.account();
    Mailbox mailbox = fixture.mailbox(account);

    accounts.delete(account.id());

    assertThat(rows.find(mailbox.id())).isEmpty();
  }

  @Test
  void watcherWhoseMailboxWasDetachedWritesNothing() {
    Account account = fixture.account();
    Reading reading = new Reading(account, fixture.lease(account), 7, 0, AfterIngest.SEEN, null);
    rows.establish(reading.lease().mailbox(), new Cursor(7, 0));
    rows.advance(reading, 1);

    accounts.update(account.id(), inFolder(account, "Archive"));

    assertThatThrownBy(() -> rows.advance(reading, 2)).isInstanceOf(LeaseLost.class);
  }

  private AccountSettings inFolder(Account account, String folder) {
    return fixture.settings(
        fixture.server(account.id(), account.settings().imap().host(), 993, Security.SSL, "ada"),
        folder);
  }

  private static Reading reading(Account account, Lease lease) {
    return new Reading(account, lease, 7, 0, AfterIngest.SEEN, null);
  }
}
