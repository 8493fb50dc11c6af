package org.byoemail.account.oauth;

import java.util.List;
import java.util.Map;
import org.byoemail.account.oauth.OAuthProvider.ClientAuthentication;
import org.byoemail.account.oauth.OAuthSettings.Provider;
import org.byoemail.account.oauth.OAuthSettings.Provider.Server;
import org.byoemail.account.registry.ServerSettings.Security;

/**
 * The built-in settings of Google and Microsoft, as documented on 2026-11-29. Google:
 * developers.google.com/identity/protocols/oauth2/web-server (endpoints, access_type, prompt),
 * developers.google.com/workspace/gmail/imap/xoauth2-protocol (scope),
 * developers.google.com/workspace/gmail/imap/imap-smtp (hosts). Microsoft:
 * learn.microsoft.com/en-us/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth
 * (scopes), learn.microsoft.com/en-us/entra/identity-platform/v2-protocols-oidc (endpoints).
 */
final class BuiltInProviders {
  private static final Provider GOOGLE =
      new Provider(
          "Google",
          "https://accounts.google.com",
          "https://accounts.google.com/o/oauth2/v2/auth",
          "https://oauth2.googleapis.com/token",
          "https://www.googleapis.com/oauth2/v3/certs",
          List.of("https://mail.google.com/", "openid", "email"),
          List.of("https://mail.google.com/"),
          // Without them a second consent brings no refresh token.
          Map.of("access_type", "offline", "prompt", "consent"),
          ClientAuthentication.POST,
          null,
          null,
          null,
          null,
          new Server("smtp.gmail.com", 465, Security.SSL),
          new Server("imap.gmail.com", 993, Security.SSL),
          List.of(),
          null);

  private static final Provider MICROSOFT =
      new Provider(
          "Microsoft",
          "https://login.microsoftonline.com/{tenant}/v2.0",
          "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize",
          "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
          "https://login.microsoftonline.com/{tenant}/discovery/v2.0/keys",
          List.of(
              "https://outlook.office.com/IMAP.AccessAsUser.All",
              "https://outlook.office.com/SMTP.Send",
              "offline_access",
              "openid",
              "email",
              "profile"),
          List.of("https://outlook.office365.com/.default"),
          Map.of(),
          ClientAuthentication.POST,
          "common",
          null,
          null,
          null,
          new Server("smtp.office365.com", 587, Security.STARTTLS),
          new Server("outlook.office365.com", 993, Security.SSL),
          List.of("smtp-mail.outlook.com"),
          null);

  /** By name. */
  static final Map<String, Provider> ALL = Map.of("google", GOOGLE, "microsoft", MICROSOFT);

  private BuiltInProviders() {}
}
