package org.byoemail.operations.setup;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.byoemail.account.connection.ConnectionTest;
import org.byoemail.account.connection.ConnectionTests;
import org.byoemail.account.connection.TestListener;
import org.byoemail.account.connection.TooManyTests;
import org.byoemail.account.oauth.OAuthClient;
import org.byoemail.account.oauth.OAuthGrant;
import org.byoemail.account.oauth.OAuthGrants;
import org.byoemail.account.oauth.OAuthProvider;
import org.byoemail.account.oauth.OAuthProviders;
import org.byoemail.account.oauth.TokenSet;
import org.byoemail.account.oauth.TokenSet.IdTokenClaims;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountHealthRepository;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.account.registry.ServerSettings.Auth;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The proof of a grant: its token opens the wanted mailbox on the servers of the account. What the
 * ID token says about the person only explains a refusal, since a UPN is often not the address; at
 * a reconnection it must be the same person as before.
 */
@Component
class GrantProof {
  private final ConnectionTests tests;
  private final Accounts accounts;
  private final AccountHealthRepository accountHealth;
  private final OAuthGrants grants;
  private final OAuthProviders providers;
  private final SignInAudit audit;
  private final TransactionTemplate transactions;

  GrantProof(
      ConnectionTests tests,
      Accounts accounts,
      AccountHealthRepository accountHealth,
      OAuthGrants grants,
      OAuthProviders providers,
      SignInAudit audit,
      TransactionTemplate transactions) {
    this.tests = tests;
    this.accounts = accounts;
    this.accountHealth = accountHealth;
    this.grants = grants;
    this.providers = providers;
    this.audit = audit;
    this.transactions = transactions;
  }

  OAuthResult prove(
      Account account,
      OAuthGrant before,
      OAuthClient client,
      TokenSet tokens,
      TestListener listener) {
    return prove(account, before, client, tokens, listener, () -> {});
  }

  /**
   * @param permitted called in the transaction that stores the grant; rolls it back if it throws
   */
  OAuthResult prove(
      Account account,
      OAuthGrant before,
      OAuthClient client,
      TokenSet tokens,
      TestListener listener,
      Runnable permitted) {
    IdTokenClaims claims = tokens.idTokenClaims();
    if (!isSamePerson(before, claims)) {
      return OAuthResult.refused(
          "Another person consented before"
              + (name(claims) == null ? "" : " than " + name(claims))
              + ": sign in as the same one, or delete the account and create it again.");
    }
    List<OAuthResult.Side> sides = new ArrayList<>();
    List<Protocol> proved = new ArrayList<>();
    try {
      for (Protocol protocol : Protocol.values()) {
        ServerSettings server = account.settings().side(protocol);
        if (server != null && server.auth() == Auth.OAUTH2) {
          ConnectionTest test = tests.test(account, protocol, tokens.accessToken(), listener);
          sides.add(new OAuthResult.Side(protocol.word().toUpperCase(Locale.ROOT), test));
          if (test.ok()) {
            proved.add(protocol);
          }
        }
      }
    } catch (TooManyTests e) {
      return new OAuthResult(
          false, false, "Not connected: " + e.getMessage() + ".", null, List.copyOf(sides));
    }
    if (sides.isEmpty() || proved.size() < sides.size()) {
      return new OAuthResult(
          false, false, notOpened(claims, before.mailbox()), null, List.copyOf(sides));
    }
    return store(account, before, client, tokens, proved, permitted)
        ? new OAuthResult(true, false, connected(account, claims), null, List.copyOf(sides))
        : OAuthResult.refused("The account was changed meanwhile. Sign in again.");
  }

  private boolean store(
      Account account,
      OAuthGrant before,
      OAuthClient client,
      TokenSet tokens,
      List<Protocol> proved,
      Runnable permitted) {
    OAuthProvider provider = providers.of(client);
    return Boolean.TRUE.equals(
        transactions.execute(
            status -> {
              boolean same =
                  accounts
                      .lock(account.id())
                      .filter(now -> now.version() == account.version())
                      .isPresent();
              // Another sign-in may have ended in the meantime.
              if (!same
                  || grants
                      .find(account.id())
                      .filter(now -> now.mailbox().equals(before.mailbox()))
                      .filter(now -> isSamePerson(now, tokens.idTokenClaims()))
                      .isEmpty()) {
                return false;
              }
              permitted.run();
              grants.store(account.id(), provider, client, before.mailbox(), tokens);
              Account now = accounts.find(account.id()).orElseThrow();
              for (Protocol protocol : proved) {
                accounts.verified(now, protocol);
                accountHealth.ok(now, protocol);
              }
              audit.authorized(account, before, name(tokens.idTokenClaims()));
              return true;
            }));
  }

  /** Microsoft's subjects differ by application, its object ids do not. */
  private static boolean isSamePerson(OAuthGrant before, @Nullable IdTokenClaims claims) {
    if (before.issuer() == null) {
      return true;
    }
    return claims != null
        && before.issuer().equals(claims.issuer())
        && Objects.equals(before.tenant(), claims.tenant())
        && (before.objectId() == null
            ? Objects.equals(before.subject(), claims.subject())
            : before.objectId().equals(claims.objectId()));
  }

  private static String notOpened(@Nullable IdTokenClaims claims, String mailbox) {
    String name = name(claims);
    return name == null || name.equalsIgnoreCase(mailbox)
        ? "Not connected: the sign-in does not open the mailbox "
            + mailbox
            + ". Nothing was changed."
        : "Not connected: you signed in as "
            + name
            + ", and that does not open the mailbox "
            + mailbox
            + ". Nothing was changed.";
  }

  private static String connected(Account account, @Nullable IdTokenClaims claims) {
    String name = name(claims);
    return account.address()
        + " is connected"
        + (name == null || name.equalsIgnoreCase(account.address().value())
            ? "."
            : " by the consent of " + name + ".");
  }

  private static @Nullable String name(@Nullable IdTokenClaims claims) {
    if (claims == null) {
      return null;
    }
    return claims.upn() == null ? claims.email() : claims.upn();
  }
}
