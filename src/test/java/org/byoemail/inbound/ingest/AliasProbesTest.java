package org.byoemail.inbound.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.byoemail.inbound.ingest.InboundFixture.await;
import static org.byoemail.inbound.ingest.InboundFixture.mail;
import static org.byoemail.inbound.ingest.InboundFixture.open;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.byoemail.account.alias.Alias;
import org.byoemail.account.alias.AliasConflict;
import org.byoemail.account.alias.AliasKind;
import org.byoemail.account.alias.AliasProbes;
import org.byoemail.account.alias.AliasState;
import org.byoemail.account.alias.Aliases;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.inbound.ingest.InboundFixture.Server;
import org.byoemail.support.GreenMailServer;
import org.byoemail.support.MailUser;
import org.byoemail.support.SmtpRelayStub;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

/** Probes of aliases, over a server that keeps From or rewrites it, into a watched mailbox. */
@InboundRoutesTest
class AliasProbesTest {
  @RegisterExtension static final GreenMailServer GREENMAIL = GreenMailServer.shared();

  private static final String ANN = "ann@else.test";

  @Autowired InboundFixture fixture;
  @Autowired Aliases aliases;
  @Autowired AliasProbes probes;
  @Autowired TransactionTemplate transactions;

  private final EmailAddress alias =
      EmailAddress.parse("sales-" + UUID.randomUUID() + "@example.test");
  private UnaryOperator<String> server = UnaryOperator.identity();
  private MailUser user;
  private Account account;
  private SmtpRelayStub smtp;

  @AfterEach
  void stop() {
    if (smtp != null) {
      smtp.close();
      fixture.disable(account);
    }
  }

  @Test
  void probeThatArrivesAsItWasSentProvesTheAliasAndNeverReachesTheAgent() {
    watch();

    probes.send(account, alias);

    await("a proof", this::state, AliasState.PROVED::equals);
    assertThat(aliases.proved(account.id())).containsExactly(alias);
    GREENMAIL.deliver(user, mail(ANN, "after"));
    await("the next mail", () -> fixture.messages(account), List.of("after")::equals);
    assertThat(fixture.rows(account).get(0).get("reason")).asString().contains("probe");
  }

  @Test
  void rewrittenFromIsNoticedAndShown() {
    server = mail -> mail.replace("From: " + alias.value(), "From: Ada <ada@gmail.test>");
    watch();

    probes.send(account, alias);

    await("an end", this::state, AliasState.REWRITTEN::equals);
    assertThat(only().seenFrom()).isEqualTo("ada@gmail.test");
    assertThat(aliases.proved(account.id())).isEmpty();
    assertThat(fixture.messages(account)).isEmpty();
  }

  @Test
  void probeIsNotRepeatedAtOnceAndOneThatIsRefusedTellsWhy() {
    watch();
    probes.send(account, alias);

    assertThatThrownBy(() -> probes.send(account, alias)).isInstanceOf(AliasConflict.class);
    await("a proof", this::state, AliasState.PROVED::equals);
    smtp.close();
    EmailAddress other = EmailAddress.parse("other-" + alias.value());
    name(other);
    probes.send(account, other);

    assertThat(only().state()).isEqualTo(AliasState.FAILED);
    assertThat(only().error()).contains("could not be sent");
  }

  @Test
  void aliasWithLettersBeyondAsciiNeedsAServerThatTakesThem() {
    watch();
    EmailAddress other = EmailAddress.parse("jörg-" + alias.value());
    name(other);

    probes.send(account, other);

    assertThat(only().state()).isEqualTo(AliasState.FAILED);
    assertThat(only().error()).contains("SMTPUTF8");
    assertThat(fixture.events(account)).contains("alias.refused");
  }

  @Test
  void proofHoldsForTheServerThatWasProbed() {
    watch();
    probes.send(account, alias);
    await("a proof", this::state, AliasState.PROVED::equals);

    try (SmtpRelayStub another = new SmtpRelayStub(mail -> {})) {
      fixture.asUser(account, "another", another.port());

      assertThat(state()).isEqualTo(AliasState.UNPROVED);
    }
  }

  @Test
  void probeOfAnAliasThatIsGoneReachesNobodyAndAStrangersTokenIsMail() {
    String[] held = new String[1];
    server =
        mail -> {
          held[0] = mail;
          return "";
        };
    watch();
    probes.send(account, alias);
    await("the probe", () -> held[0] != null, sent -> sent);
    transactions.executeWithoutResult(status -> aliases.set(account, AliasKind.ADDRESS, Set.of()));

    GREENMAIL.deliver(user, held[0].getBytes(StandardCharsets.US_ASCII));
    String forged = "[probe " + "0".repeat(32) + "] forged";
    GREENMAIL.deliver(user, mail(ANN, forged));

    await("both", () -> fixture.rows(account).size(), count -> count == 2);
    assertThat(fixture.messages(account)).containsExactly(forged);
    assertThat(aliases.of(account.id(), AliasKind.ADDRESS)).isEmpty();
  }

  @Test
  void aliasThatAnotherOrganizationHasProvedIsNotProvedAgainAndNothingIsTold() {
    watch();
    probes.send(account, alias);
    await("a proof", this::state, AliasState.PROVED::equals);
    Account first = account;
    fixture.moveToOrganization(first, "their-own");
    fixture
        .jdbc
        .sql("UPDATE account_alias SET organization = 'their-own' WHERE account_id = ?")
        .param(first.id().value())
        .update();
    SmtpRelayStub before = smtp;

    watch();
    probes.send(account, alias);

    await("an end", this::state, AliasState.FAILED::equals);
    assertThat(only().error()).contains("ask the operator").doesNotContain("their-own");
    assertThat(aliases.proved(first.id())).containsExactly(alias);
    before.close();
    fixture.disable(first);
  }

  @Test
  void addressIsOneAccountsWithinItsOrganization() {
    watch();
    MailUser ben = GREENMAIL.freshUser("ben");
    Account second =
        fixture.account(ben, new Server(GREENMAIL.imapPort(), Security.NONE, true), open());

    assertThatThrownBy(
            () ->
                transactions.executeWithoutResult(
                    status -> aliases.set(second, AliasKind.ADDRESS, Set.of(alias))))
        .isInstanceOf(AliasConflict.class)
        .hasMessageContaining(alias.value());
    assertThatThrownBy(
            () ->
                transactions.executeWithoutResult(
                    status -> aliases.set(account, AliasKind.ADDRESS, Set.of(second.address()))))
        .isInstanceOf(AliasConflict.class);
  }

  /** A watched account with the alias, whose server hands its mail to the mailbox. */
  private void watch() {
    user = GREENMAIL.freshUser("aliases");
    MailUser mailbox = user;
    smtp =
        new SmtpRelayStub(
            mail -> {
              String changed = server.apply(mail);
              if (!changed.isEmpty()) {
                GREENMAIL.deliver(mailbox, changed.getBytes(StandardCharsets.US_ASCII));
              }
            });
    Account receiving =
        fixture.account(user, new Server(GREENMAIL.imapPort(), Security.NONE, true), open());
    account = fixture.enable(fixture.sendingOver(receiving, smtp.port()));
    name(alias);
  }

  private void name(EmailAddress address) {
    transactions.executeWithoutResult(
        status -> aliases.set(account, AliasKind.ADDRESS, Set.of(address)));
  }

  private AliasState state() {
    return only().state();
  }

  private Alias only() {
    return aliases.of(account.id(), AliasKind.ADDRESS).get(0);
  }
}
