package org.byoemail.account.oauth;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.byoemail.account.oauth.AuthorizationRefusal.Reason;
import org.byoemail.platform.access.PublicUrl;
import org.jspecify.annotations.Nullable;

/** Explains refused sign-ins to the person at the browser. */
final class Refusals {
  /** Microsoft Entra ID serves these two below each tenant. */
  private static final String ENTRA_AUTHORIZE = "/oauth2/v2.0/authorize";

  private static final String ENTRA_ADMIN_CONSENT = "/v2.0/adminconsent";

  /**
   * Microsoft's codes for a consent that only an administrator may give
   * (https://learn.microsoft.com/en-us/entra/identity/enterprise-apps/application-sign-in-unexpected-user-consent-error,
   * read on 2026-11-29); 65001: there is no consent, and this person may not give it.
   */
  private static final List<String> ADMINISTRATOR_CODES =
      List.of("AADSTS65001", "AADSTS90093", "AADSTS90094");

  private static final int MAX_WORDS = 300;

  private Refusals() {}

  static AuthorizationRefusal of(
      OAuthProvider provider,
      OAuthClient client,
      PublicUrl publicUrl,
      AuthorizationResponse response) {
    String words = response.words();
    String link = adminConsent(provider, client, publicUrl);
    if (ADMINISTRATOR_CODES.stream().anyMatch(words::contains)
        || link != null && "consent_required".equals(response.error())) {
      return new AuthorizationRefusal(
          Reason.ADMINISTRATOR_NEEDED,
          "Waiting for your administrator: in this organisation only an administrator may let "
              + client.clientId()
              + " open mailboxes. Send the administrator the link, then sign in again.",
          link);
    }
    if ("access_denied".equals(response.error())) {
      return new AuthorizationRefusal(
          Reason.DENIED,
          provider.displayName()
              + " reports that access was denied. Nothing was changed."
              + (link == null
                  ? ""
                  : " If it said that an administrator must approve, send the administrator the"
                      + " link."),
          link);
    }
    return new AuthorizationRefusal(
        Reason.PROVIDER_FAILED,
        provider.displayName() + " refused the sign-in: " + shown(words),
        null);
  }

  static AuthorizationRefusal withoutCode(OAuthProvider provider) {
    return new AuthorizationRefusal(
        Reason.PROVIDER_FAILED, provider.displayName() + " sent no authorization code.", null);
  }

  static AuthorizationRefusal wrongIssuer(OAuthProvider provider) {
    return new AuthorizationRefusal(
        Reason.WRONG_ISSUER,
        "The response does not come from "
            + provider.displayName()
            + " (iss, RFC 9207). Nothing was changed.",
        null);
  }

  static AuthorizationRefusal clientChanged() {
    return new AuthorizationRefusal(
        Reason.CLIENT_CHANGED, "The OAuth client was changed meanwhile. Sign in again.", null);
  }

  static AuthorizationRefusal failed(OAuthFailed failure) {
    return new AuthorizationRefusal(
        Reason.PROVIDER_FAILED, shown(String.valueOf(failure.getMessage())), null);
  }

  static AuthorizationRefusal wrongIdToken(IdTokens.Invalid invalid) {
    return new AuthorizationRefusal(
        Reason.WRONG_ID_TOKEN,
        "The ID token was refused: " + invalid.getMessage() + ". Nothing was changed.",
        null);
  }

  /**
   * The page where an administrator consents for the whole tenant
   * (https://learn.microsoft.com/en-us/entra/identity-platform/v2-admin-consent, read on
   * 2026-11-29); null: the provider has none.
   */
  static @Nullable String adminConsent(
      OAuthProvider provider, OAuthClient client, PublicUrl publicUrl) {
    String authorize = provider.authorizationUri();
    if (!authorize.endsWith(ENTRA_AUTHORIZE)) {
      return null;
    }
    String tenant = authorize.substring(0, authorize.length() - ENTRA_AUTHORIZE.length());
    // The endpoint does not take "common".
    String base = tenant.replaceFirst("/common$", "/organizations");
    List<String> scopes =
        provider.scopes().stream().filter(scope -> scope.startsWith("https://")).toList();
    return base
        + ENTRA_ADMIN_CONSENT
        + "?client_id="
        + encode(client.clientId())
        + "&scope="
        + encode(String.join(" ", scopes))
        + "&redirect_uri="
        + encode(publicUrl.oauthCallback(provider.name(), client.organization()));
  }

  private static String shown(String words) {
    String line = words.replaceAll("\\p{Cntrl}+", " ");
    return line.length() <= MAX_WORDS ? line : line.substring(0, MAX_WORDS) + "…";
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
