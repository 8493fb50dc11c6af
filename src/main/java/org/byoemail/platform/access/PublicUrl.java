package org.byoemail.platform.access;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The gateway's address as browsers reach it, from one setting and never from a Host header.
 * Immutable.
 */
@Component
public class PublicUrl {
  private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "[::1]");

  private final @Nullable URI base;

  PublicUrl(PublicUrlSettings settings) {
    String text = settings.publicUrl();
    this.base = text == null || text.isBlank() ? null : parse(text);
  }

  static URI parse(String text) {
    try {
      String stripped = text.strip();
      URI uri =
          new URI(stripped.endsWith("/") ? stripped.substring(0, stripped.length() - 1) : stripped);
      String scheme = String.valueOf(uri.getScheme());
      String host = uri.getHost();
      if (host != null
          && uri.getRawUserInfo() == null
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null
          && (scheme.equals("https") || scheme.equals("http") && LOCAL.contains(host))) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // Reported below.
    }
    throw new IllegalArgumentException(
        "byo.public-url (BYO_PUBLIC_URL) must be an https URL such as https://mail.example.com"
            + " (http only on localhost), without user, query or fragment");
  }

  /** Whether it is set. */
  public boolean isSet() {
    return base != null;
  }

  /** Whether browsers reach the gateway by https, through a proxy or not. */
  public boolean isHttps() {
    return base != null && base.getScheme().equals("https");
  }

  /** The address of a path of this gateway, which begins with a slash; empty if it is not set. */
  public Optional<String> of(String path) {
    return base == null ? Optional.empty() : Optional.of(base + path);
  }

  /**
   * The address of a path of this gateway.
   *
   * @throws PublicUrlMissing if the address is not set
   */
  public String required(String path) {
    return of(path).orElseThrow(PublicUrlMissing::new);
  }

  /** The host that people know the gateway by; empty if the address is not set. */
  public Optional<String> host() {
    return Optional.ofNullable(base).map(URI::getHost);
  }

  /**
   * The redirect URI of a provider, which is registered with it.
   *
   * @param organization whose client it is
   * @throws PublicUrlMissing if the address is not set
   */
  public String oauthCallback(String provider, OrganizationId organization) {
    if (base == null) {
      throw new PublicUrlMissing();
    }
    String end = organization.isOperator() ? "" : "/" + encode(organization.value());
    return base + "/connect/oauth/callback/" + encode(provider) + end;
  }

  private static String encode(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
