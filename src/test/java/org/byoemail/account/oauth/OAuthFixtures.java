package org.byoemail.account.oauth;

import static org.mockito.Mockito.mock;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.byoemail.account.connection.VettedHttp;
import org.byoemail.account.oauth.OAuthSettings.Provider;
import org.byoemail.account.oauth.OAuthSettings.Provider.Server;
import org.byoemail.account.oauth.TokenSet.IdTokenClaims;
import org.byoemail.account.registry.ServerSettings.Security;
import org.jspecify.annotations.Nullable;

/** Providers and tokens that no network is behind. */
public final class OAuthFixtures {
  private OAuthFixtures() {}

  /** Those that are built in. */
  public static OAuthProviders providers() {
    return providers(Map.of());
  }

  static OAuthProviders providers(Map<String, Provider> configured) {
    OAuthSettings settings = settings(configured);
    return new OAuthProviders(
        settings, new IssuerDiscovery(mock(VettedHttp.class), settings, Clock.systemUTC()));
  }

  static OAuthSettings settings(Map<String, Provider> configured) {
    return new OAuthSettings(
        configured,
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(20),
        Duration.ofDays(30));
  }

  /** A provider with that token endpoint, whose only mail host is mail.example.test. */
  static Provider provider(@Nullable String issuer, @Nullable String tokenUri) {
    return new Provider(
        "Test",
        issuer,
        tokenUri == null ? null : "https://id.example.test/authorize",
        tokenUri,
        null,
        List.of("mail"),
        List.of("mail.all"),
        null,
        null,
        null,
        "gateway",
        "the-client-secret",
        null,
        null,
        new Server("mail.example.test", 993, Security.SSL),
        null,
        null);
  }

  /** Tokens as a consent brings them. */
  public static TokenSet tokens(String access, @Nullable String refresh, Instant expiresAt) {
    return new TokenSet(access, refresh, expiresAt, List.of(), null);
  }

  /** Tokens with an ID token of those claims (null: without one). */
  public static TokenSet tokens(String access, @Nullable IdTokenClaims claims) {
    return new TokenSet(access, null, Instant.MAX, List.of(), claims);
  }
}
