package org.byoemail.account.oauth;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An OAuth 2.0 provider as configured by {@code byo.oauth.providers.<name>}; google and microsoft
 * are built in.
 *
 * @param name as in settings, the API and the redirect URI
 * @param issuer null: the provider has none, or it is not checked
 * @param authorizationUri the authorization endpoint
 * @param tokenUri the token endpoint
 * @param scopes requested from a person
 * @param applicationScopes requested by the application itself or a service account
 * @param authorizationParameters further parameters of the authorization request
 * @param clientAuthentication how the client authenticates at the token endpoint
 * @param smtp null: the provider's accounts name their own, among {@code mailHosts}
 * @param imap the same for IMAP
 * @param mailHosts the only hosts that may see a token of this provider, in lower case
 * @param issuerInResponse whether it puts {@code iss} into authorization responses (RFC 9207)
 */
public record OAuthProvider(
    String name,
    String displayName,
    @Nullable String issuer,
    String authorizationUri,
    String tokenUri,
    @Nullable String jwkSetUri,
    List<String> scopes,
    List<String> applicationScopes,
    Map<String, String> authorizationParameters,
    ClientAuthentication clientAuthentication,
    @Nullable MailHost smtp,
    @Nullable MailHost imap,
    List<String> mailHosts,
    boolean issuerInResponse) {

  /** How a client authenticates (RFC 6749 section 2.3.1). */
  public enum ClientAuthentication {
    /** By parameters in the body. */
    POST,
    /** By HTTP Basic. */
    BASIC
  }

  /** Whether a token of this provider may be sent to that host. */
  public boolean allows(String host) {
    String name = host.strip().toLowerCase(Locale.ROOT);
    return mailHosts.contains(name.endsWith(".") ? name.substring(0, name.length() - 1) : name);
  }
}
