package org.byoemail.operations.setup;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.byoemail.account.oauth.GrantType;
import org.byoemail.account.oauth.OAuthClient;
import org.byoemail.account.oauth.OAuthClients;
import org.byoemail.account.oauth.OAuthGrant;
import org.byoemail.account.oauth.OAuthGrants;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.account.registry.ServerSettings.Auth;
import org.byoemail.format.mail.AccountId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Which grant an account signs in by, as its settings say. Safe for use by many threads. */
@Component
class AccountGrants {
  private static final int MAX_USER = 320;

  private final OAuthGrants grants;
  private final OAuthClients clients;
  private final Accounts accounts;

  AccountGrants(OAuthGrants grants, OAuthClients clients, Accounts accounts) {
    this.grants = grants;
    this.clients = clients;
    this.accounts = accounts;
  }

  Map<AccountId, OAuthGrant> of(List<AccountId> ids) {
    return grants.find(ids);
  }

  /** The draft with the provider of the present grant, where the draft names none. */
  AccountDraft completed(Account account, AccountDraft draft) {
    return draft.oauth() != null ? draft : draft.withOAuth(present(account.id()));
  }

  private @Nullable OAuthDraft present(AccountId account) {
    return grants
        .find(account)
        .map(g -> new OAuthDraft(g.provider(), g.kind().word(), g.consentingUser()))
        .orElse(null);
  }

  /**
   * Makes the grant what the settings ask for. A side whose grant changes needs a new test.
   *
   * @throws FieldsRefused if the organisation has no OAuth client for it
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void assign(Account account, @Nullable OAuthDraft draft) {
    Optional<ServerSettings> server =
        Stream.of(account.settings().imap(), account.settings().smtp())
            .filter(Objects::nonNull)
            .filter(s -> s.auth() == Auth.OAUTH2)
            .findFirst();
    if (server.isEmpty() || draft == null || draft.provider() == null) {
      grants.remove(account.id());
      return;
    }
    GrantType kind = kind(draft);
    String user = draft.user() == null || draft.user().isBlank() ? null : draft.user().strip();
    if (user != null
        && (user.length() > MAX_USER || user.chars().anyMatch(Character::isISOControl))) {
      throw new FieldsRefused("oauth.user", "must be a user name on one line");
    }
    OAuthClient client =
        clients
            .of(account.organization(), draft.provider(), kind)
            .orElseThrow(() -> hasNoClient(draft.provider(), kind));
    String mailbox = String.valueOf(server.get().username());
    if (grants.assign(account.id(), client, mailbox, user)) {
      for (Protocol protocol : Protocol.values()) {
        ServerSettings side = account.settings().side(protocol);
        if (side != null && side.auth() == Auth.OAUTH2) {
          accounts.disprove(account.id(), protocol);
        }
      }
      if (!kind.isPersonal() && account.needsReauthorization()) {
        accounts.reauthorized(account.id());
      }
    }
  }

  private static FieldsRefused hasNoClient(String provider, GrantType kind) {
    return new FieldsRefused(
        "oauth.provider",
        kind.isPersonal()
            ? "has no OAuth client: register one with the provider and set byo.oauth.providers."
                + provider
                + ".client-id, or create one by POST /api/v1/oauth-clients"
            : "has no OAuth client of kind "
                + kind.word()
                + " in this organization: create one by POST /api/v1/oauth-clients");
  }

  static GrantType kind(OAuthDraft draft) {
    return draft.kind() == null || draft.kind().isBlank()
        ? GrantType.AUTHORIZATION_CODE
        : GrantType.of(draft.kind());
  }
}
