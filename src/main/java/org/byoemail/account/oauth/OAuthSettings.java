package org.byoemail.account.oauth;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.byoemail.account.connection.VettedHttp;
import org.byoemail.account.oauth.OAuthProvider.ClientAuthentication;
import org.byoemail.account.registry.ServerSettings.Security;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * OAuth 2.0 for mailboxes.
 *
 * @param providers by name; entries named google and microsoft have built-in defaults
 * @param requestTimeout for the whole answer of a provider
 * @param claimTtl how long one node may take over a refresh before another one tries; at least
 *     twice the request timeout
 * @param maxWait how long a connection waits for a token that another one is fetching
 * @param secretWarning how long before a client secret expires the warnings begin
 */
@ConfigurationProperties("byo.oauth")
record OAuthSettings(
    @DefaultValue Map<String, Provider> providers,
    @DefaultValue("15s") Duration requestTimeout,
    @DefaultValue("60s") Duration claimTtl,
    @DefaultValue("30s") Duration maxWait,
    @DefaultValue("30d") Duration secretWarning) {

  /**
   * A provider.
   *
   * @param issuer by which the endpoints are discovered if they are not given
   * @param tenant replaces {@code {tenant}} in issuer and endpoints
   * @param clientId the operator's client
   * @param mailHosts the only hosts that may see a token, besides the smtp and imap hosts
   * @param issuerInResponse whether authorization responses must have {@code iss} (RFC 9207); where
   *     the endpoints are discovered, the issuer's metadata may say so too
   */
  record Provider(
      @Nullable String displayName,
      @Nullable String issuer,
      @Nullable String authorizationUri,
      @Nullable String tokenUri,
      @Nullable String jwkSetUri,
      @Nullable List<String> scopes,
      @Nullable List<String> applicationScopes,
      @Nullable Map<String, String> authorizationParameters,
      @Nullable ClientAuthentication clientAuthentication,
      @Nullable String tenant,
      @Nullable String clientId,
      @Nullable String clientSecret,
      @Nullable Instant clientSecretExpiresAt,
      @Nullable Server smtp,
      @Nullable Server imap,
      @Nullable List<String> mailHosts,
      @Nullable Boolean issuerInResponse) {

    /** A mail server; the default security is ssl. */
    record Server(String host, int port, @DefaultValue("ssl") Security security) {
      MailHost mailHost() {
        return new MailHost(host.strip().toLowerCase(java.util.Locale.ROOT), port, security);
      }
    }

    @Override
    public String toString() {
      return "Provider[issuer=" + issuer + ", clientId=" + clientId + "]";
    }
  }

  OAuthSettings {
    providers = Map.copyOf(providers);
    providers.forEach(OAuthSettings::check);
    if (claimTtl.compareTo(requestTimeout.multipliedBy(2)) < 0) {
      throw new IllegalArgumentException(
          "byo.oauth.claim-ttl must be at least twice byo.oauth.request-timeout");
    }
  }

  private static void check(String name, Provider provider) {
    String at = "byo.oauth.providers." + name;
    if (!name.matches("[a-z0-9][a-z0-9-]{0,39}")) {
      throw new IllegalArgumentException(at + ": a name has at most 40 of a-z, 0-9 and -");
    }
    uri(at + ".issuer", provider.issuer());
    uri(at + ".authorization-uri", provider.authorizationUri());
    uri(at + ".token-uri", provider.tokenUri());
    uri(at + ".jwk-set-uri", provider.jwkSetUri());
    if (provider.tenant() != null && !OAuthProviders.isTenant(provider.tenant())) {
      throw new IllegalArgumentException(at + ".tenant must be a tenant id or domain");
    }
    if (provider.clientSecret() != null && provider.clientId() == null) {
      throw new IllegalArgumentException(at + ".client-id is required with client-secret");
    }
  }

  private static void uri(String at, @Nullable String text) {
    if (text == null) {
      return;
    }
    try {
      if (VettedHttp.isAllowed(URI.create(text.replace("{tenant}", "common")))) {
        return;
      }
    } catch (IllegalArgumentException e) {
      // Reported below.
    }
    throw new IllegalArgumentException(at + " must be an https URL (http only on localhost)");
  }
}
