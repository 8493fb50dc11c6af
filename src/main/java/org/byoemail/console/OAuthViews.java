package org.byoemail.console;

import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.byoemail.account.oauth.OAuthGrant;
import org.byoemail.account.oauth.OAuthProvider;
import org.byoemail.account.oauth.OAuthProviders;
import org.byoemail.operations.setup.AccountState;
import org.byoemail.operations.setup.OAuthResult;
import org.byoemail.operations.setup.OAuthSetup;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** How an account signs in by OAuth 2.0, on its page. */
@Component
class OAuthViews {
  private final OAuthProviders providers;
  private final OAuthSetup setup;

  OAuthViews(OAuthProviders providers, OAuthSetup setup) {
    this.providers = providers;
    this.setup = setup;
  }

  /**
   * What the page shows.
   *
   * @param personal whether a person consents
   * @param user who consents, where that is another than the mailbox
   * @param result of the last sign-in, where the browser comes from it or it did not connect
   */
  record View(
      String provider,
      String grantType,
      boolean personal,
      String mailbox,
      @Nullable String user,
      @Nullable DisplayTime authorizedAt,
      @Nullable DisplayTime needsReauthorizationAt,
      @Nullable String reason,
      @Nullable OAuthResult result,
      @Nullable DisplayTime resultAt) {}

  /**
   * The view of an account; null if no side has auth oauth2.
   *
   * @param signIn the sign-in that the browser comes from; null: none
   */
  @Nullable View of(AccountState state, @Nullable UUID signIn) {
    OAuthGrant grant = state.grant();
    if (grant == null) {
      return null;
    }
    OAuthSetup.SignIn last =
        setup
            .lastSignIn(state.account().id())
            .filter(one -> one.id().equals(signIn) || isNews(one, grant))
            .orElse(null);
    return new View(
        providerName(state),
        grant.kind().word().replace('_', ' '),
        grant.kind().isPersonal(),
        grant.mailbox(),
        grant.consentingUser(),
        DisplayTime.ofNullable(grant.authorizedAt()),
        DisplayTime.ofNullable(grant.needsReauthorizationAt()),
        grant.reason(),
        last == null ? null : last.result(),
        last == null ? null : DisplayTime.of(last.at()));
  }

  private static boolean isNews(OAuthSetup.SignIn last, OAuthGrant grant) {
    return !last.result().ok()
        && (grant.authorizedAt() == null || last.at().isAfter(grant.authorizedAt()));
  }

  /** The provider's name as people know it. */
  String providerName(AccountState state) {
    String name = state.grant() == null ? "" : state.grant().provider();
    return providers.find(name).map(OAuthProvider::displayName).orElse(name);
  }

  /** The names that the form offers. */
  List<String> names() {
    return Stream.concat(Stream.of(""), providers.all().stream().map(OAuthProvider::name)).toList();
  }
}
