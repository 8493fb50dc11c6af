package org.byoemail.account.oauth;

import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The issuer of a provider. Microsoft's contains the id of the user's tenant, while the settings
 * may name the tenant by a domain, or say {@code common}.
 */
final class Issuers {
  private static final Pattern TENANT_ID =
      Pattern.compile("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  /**
   * https://learn.microsoft.com/en-us/entra/identity-platform/access-tokens, read on 2026-11-29.
   */
  private static final Pattern ENTRA = Pattern.compile("(https?://[^/]+/)([^/]+)(/v2\\.0)");

  private Issuers() {}

  /**
   * Whether the {@code iss} of an authorization response is the provider's (RFC 9207). If it is
   * absent and not announced, the redirect URI distinguishes providers, since each has its own (RFC
   * 9700 section 4.4.2).
   */
  static boolean isOfResponse(OAuthProvider provider, @Nullable String issuer) {
    if (issuer == null) {
      return !provider.issuerInResponse();
    }
    Matcher given = ENTRA.matcher(issuer);
    return isOf(provider, issuer, given.matches() ? given.group(2) : null);
  }

  /**
   * Whether the issuer of an ID token is the provider's.
   *
   * @param tenant the {@code tid} of the token; null: it has none
   */
  static boolean isOf(OAuthProvider provider, @Nullable String issuer, @Nullable String tenant) {
    String expected = provider.issuer();
    if (expected == null || expected.equals(issuer)) {
      return true;
    }
    Matcher parts = ENTRA.matcher(expected);
    return parts.matches()
        && tenant != null
        && TENANT_ID.matcher(tenant).matches()
        && !TENANT_ID.matcher(parts.group(2)).matches()
        && Objects.equals(issuer, parts.group(1) + tenant + parts.group(3));
  }
}
