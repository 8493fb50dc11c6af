package org.byoemail.operations.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyBoolean;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoInteractions;
import static org.mockito.Mockito.when;

import java.util.Optional;
import org.byoemail.account.connection.ServerTasks;
import org.byoemail.account.oauth.OAuthFixtures;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountFixtures;
import org.byoemail.account.registry.AccountHealthRepository;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.BounceAccounts;
import org.byoemail.account.registry.Endpoints;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.account.rollout.Rollout;
import org.byoemail.format.mail.AccountId;
import org.byoemail.inbound.mailbox.MailboxWatchers;
import org.byoemail.inbound.mailbox.Mailboxes;
import org.byoemail.inbound.mailbox.WatchedFolders;
import org.byoemail.platform.audit.AuditLog;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What is refused, and that nothing is written then. */
class AccountSetupTest {
  private final Accounts accounts = mock(Accounts.class);
  private final Endpoints endpoints = mock(Endpoints.class);
  private final BounceAccounts bounceAccounts = mock(BounceAccounts.class);
  private final ServerTasks tasks = mock(ServerTasks.class);
  private final AccountGrants grants = mock(AccountGrants.class);
  private final AccountSetup setup =
      new AccountSetup(
          endpoints,
          new AccountDraftReader(AccountFixtures.secrets(), OAuthFixtures.providers()),
          new AccountStates(
              accounts,
              mock(AccountHealthRepository.class),
              bounceAccounts,
              grants,
              mock(WatchedFolders.class),
              mock(MailboxWatchers.class),
              mock(Rollout.class)),
          new AccountChanges(
              accounts,
              mock(AccountHealthRepository.class),
              bounceAccounts,
              grants,
              new AccountEntries(mock(AuditLog.class))),
          new InboundStart(mock(Mailboxes.class), tasks),
          grants,
          new TransactionTemplate(mock(PlatformTransactionManager.class)));
  private final Account account =
      AccountFixtures.receiving("mail.example.test", 993, Security.SSL, "ada", "secret");

  @BeforeEach
  void draftsNameTheirProvider() {
    when(grants.completed(any(), any())).thenAnswer(asked -> asked.getArgument(1));
  }

  @Test
  void accountWithoutAgentAddressAndServerIsToldOfAllThree() {
    FieldsRefused refused =
        catchThrowableOfType(
            FieldsRefused.class,
            () -> setup.create(null, "no address", new AccountDraft(null, null, null)));

    assertThat(refused.problems())
        .extracting(FieldProblem::field)
        .containsExactly("agent", "address", "smtp");
    verifyNoInteractions(accounts, endpoints);
  }

  @Test
  void accountThatWasChangedMeanwhileIsNotChanged() {
    Runnable also = mock(Runnable.class);
    when(accounts.lock(account.id())).thenReturn(Optional.of(AccountFixtures.changed(account)));

    assertThatThrownBy(() -> setup.change(account, null, true, null, also))
        .isInstanceOf(SetupConflict.class);

    verifyNoInteractions(also);
    verify(accounts, never()).enable(any(), any(), anyBoolean());
  }

  @Test
  void accountThatWasDeletedMeanwhileIsNotChanged() {
    when(accounts.lock(account.id())).thenReturn(Optional.empty());

    assertThatThrownBy(() -> setup.change(account, null, null, false))
        .isInstanceOf(SetupConflict.class);

    verify(accounts, never()).enable(any(), any(), anyBoolean());
  }

  @Test
  void refusedDraftAsksNeitherServerNorDatabase() {
    AccountDraft draft =
        new AccountDraft(
            null, null, new ServerDraft("mail.evil.test", null, null, "plain", null, null));

    assertThatThrownBy(() -> setup.change(account, draft, null, true))
        .isInstanceOf(FieldsRefused.class)
        .hasMessageStartingWith("imap.password ");

    verifyNoInteractions(accounts, tasks);
  }

  @Test
  void inboundOfAnotherMailboxIsNotLookedUpBeforeItsTest() {
    AccountDraft draft =
        new AccountDraft(
            null, null, new ServerDraft("mail.else.test", null, null, null, null, "secret"));
    when(accounts.lock(account.id())).thenReturn(Optional.empty());

    assertThatThrownBy(() -> setup.change(account, draft, null, true))
        .isInstanceOf(SetupConflict.class);

    verifyNoInteractions(tasks);
  }

  @Test
  void accountWhoseServerCannotBeAskedIsNotChanged() {
    doThrow(new IllegalStateException("no answer")).when(tasks).visit(any(), any(), any());

    assertThatThrownBy(() -> setup.change(account, null, null, true)).hasMessage("no answer");

    verifyNoInteractions(accounts);
  }

  @Test
  void bounceAccountThatIsNoneIsAProblemOfItsField() {
    AccountId other = AccountId.next();
    doThrow(new IllegalArgumentException("must be an account"))
        .when(bounceAccounts)
        .set(account.id(), other);

    assertThatThrownBy(() -> setup.setBounceAccount(account, other))
        .isInstanceOf(FieldsRefused.class)
        .hasMessage("bounceAccount must be an account");
  }
}
