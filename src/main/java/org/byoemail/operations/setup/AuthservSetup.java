package org.byoemail.operations.setup;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.byoemail.account.connection.ServerTasks;
import org.byoemail.account.receiving.AuthservIds;
import org.byoemail.account.receiving.AuthservProbes;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.Protocol;
import org.byoemail.format.authentication.ServerRule;
import org.byoemail.format.mail.AccountId;
import org.byoemail.inbound.ingest.SenderAuthentication;
import org.byoemail.operations.setup.AuthservState.Source;
import org.byoemail.platform.audit.AuditLog;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Shows, proves, confirms and sets the authserv-id of the receiving server of an account. Safe for
 * use by many threads.
 */
@Service
public class AuthservSetup {
  private static final String FIELD = "authservId";

  private final AuthservIds ids;
  private final AuthservProbes probes;
  private final Accounts accounts;
  private final SenderAuthentication servers;
  private final ServerTasks serverTasks;
  private final AuditLog audit;
  private final TransactionTemplate transactions;

  AuthservSetup(
      AuthservIds ids,
      AuthservProbes probes,
      Accounts accounts,
      SenderAuthentication servers,
      ServerTasks serverTasks,
      AuditLog audit,
      TransactionTemplate transactions) {
    this.ids = ids;
    this.probes = probes;
    this.accounts = accounts;
    this.servers = servers;
    this.serverTasks = serverTasks;
    this.audit = audit;
    this.transactions = transactions;
  }

  /** What is trusted and was learnt; of an account that does not receive, nothing. */
  public AuthservState of(Account account) {
    if (account.settings().imap() == null) {
      return new AuthservState(null, List.of(), null, List.of());
    }
    ServerRule known = servers.known(account);
    if (known != null) {
      return new AuthservState(Source.KNOWN, known.ids(), null, List.of());
    }
    Account.TrustedAuthserv trusted = account.authserv();
    return trusted == null
        ? new AuthservState(null, List.of(), null, ids.of(account))
        : new AuthservState(
            trusted.confirmed() ? Source.CONFIRMED : Source.SET,
            List.of(trusted.id()),
            trusted.since(),
            ids.of(account));
  }

  /**
   * Trusts an id.
   *
   * @param withoutProof whether it is trusted although it was not learnt and proved
   * @throws FieldsRefused if it is no id
   * @throws SetupConflict if the server is known
   * @throws org.byoemail.account.receiving.AuthservConflict if it is neither offered nor to be
   *     trusted without proof
   */
  public AuthservState trust(Account account, @Nullable String text, boolean withoutProof) {
    String id = id(text);
    requireUnknown(account);
    return of(
        (withoutProof ? ids.set(account, id) : ids.confirm(account, id))
            .orElseThrow(
                () -> new SetupConflict("the account was deleted, or has another IMAP host now")));
  }

  /** Trusts no id any more; learning begins again. */
  public AuthservState withdraw(Account account) {
    return of(ids.withdraw(account).orElse(account));
  }

  /**
   * Sends a mail with a forged field of the id to the account, to see whether it comes out without
   * it. Takes seconds.
   *
   * @param from the account that sends it; null: the account itself
   * @throws FieldsRefused naming what is wrong
   * @throws SetupConflict if the server is known, or the accounts do not send and receive
   * @throws org.byoemail.account.receiving.AuthservConflict if a probe was sent within the last
   *     minute, or too many ids were probed
   * @throws org.byoemail.account.connection.TooManyTests if too many tests of that server are
   *     running
   */
  public AuthservState probe(Account account, @Nullable String text, @Nullable String from) {
    String id = id(text);
    Account by = from == null || from.isBlank() ? account : sender(account, from);
    requireUnknown(account);
    if (!by.isSending() || !account.isReceiving()) {
      throw new SetupConflict(
          "the probe must be sent and received: enable both sides, and resume the account");
    }
    transactions.executeWithoutResult(
        status ->
            audit.record(
                "account.authserv_id_probed",
                account.id().value(),
                account.organization(),
                Map.of(FIELD, id, "from", by.address().value())));
    serverTasks.visit(
        by,
        Protocol.SMTP,
        () -> {
          probes.send(account, by, id);
          return by;
        });
    return of(account);
  }

  private void requireUnknown(Account account) {
    if (account.settings().imap() == null) {
      throw new SetupConflict("the account does not receive mail");
    }
    if (servers.known(account) != null) {
      throw new SetupConflict(
          "the receiving server is known already, by its provider's data or by"
              + " byo.inbound.authentication-servers");
    }
  }

  private Account sender(Account account, String from) {
    try {
      return accounts
          .find(new AccountId(UUID.fromString(from)))
          .filter(one -> one.organization().equals(account.organization()))
          .orElseThrow(() -> new IllegalArgumentException(from));
    } catch (IllegalArgumentException e) {
      throw new FieldsRefused("from", "must be the id of an account of the same organization");
    }
  }

  private static String id(@Nullable String text) {
    String id = text == null ? "" : text.strip().toLowerCase(Locale.ROOT);
    if (!AuthservIds.isId(id)) {
      throw new FieldsRefused(
          FIELD,
          "must be an authserv-id (RFC 8601), such as mx.example.org: the first word of the server's Authentication-Results");
    }
    return id;
  }
}
