package org.byoemail.account.oauth;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.byoemail.account.connection.HostRefused;
import org.byoemail.account.connection.VettedHttp;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Reads the metadata of an issuer (OpenID Connect Discovery 1.0 section 4, RFC 8414), and keeps it
 * for a day; a failure for a minute. The document is bounded in bytes, depth and time, must name
 * the same issuer, and its endpoints must be https (http on localhost). Safe for use by many
 * threads.
 */
@Component
class IssuerDiscovery {
  private static final int MAX_BYTES = 256 << 10;
  private static final int MAX_DEPTH = 20;
  private static final Duration KEPT = Duration.ofDays(1);
  private static final Duration FAILURE_KEPT = Duration.ofMinutes(1);

  private final VettedHttp http;
  private final OAuthSettings settings;
  private final Clock clock;
  private final ObjectMapper json =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
              .build());
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  /** What an issuer's document says, or why it could not be read. */
  private record Known(
      String authorizationUri,
      String tokenUri,
      @Nullable String jwkSetUri,
      boolean issuerInResponse,
      @Nullable OAuthFailed failure,
      Instant until) {}

  IssuerDiscovery(VettedHttp http, OAuthSettings settings, Clock clock) {
    this.http = http;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * The provider with its endpoints; configured ones take precedence.
   *
   * @throws OAuthFailed if the document cannot be read or is not acceptable
   */
  OAuthProvider complete(OAuthProvider provider) {
    String issuer = provider.issuer();
    if (!provider.authorizationUri().isEmpty() && !provider.tokenUri().isEmpty()
        || issuer == null) {
      return provider;
    }
    Known document =
        known.compute(
            issuer,
            (key, old) ->
                old != null && old.until().isAfter(clock.instant())
                    ? old
                    : read(provider.name(), issuer));
    if (document.failure() != null) {
      throw document.failure();
    }
    return new OAuthProvider(
        provider.name(),
        provider.displayName(),
        issuer,
        or(provider.authorizationUri(), document.authorizationUri()),
        or(provider.tokenUri(), document.tokenUri()),
        provider.jwkSetUri() == null ? document.jwkSetUri() : provider.jwkSetUri(),
        provider.scopes(),
        provider.applicationScopes(),
        provider.authorizationParameters(),
        provider.clientAuthentication(),
        provider.smtp(),
        provider.imap(),
        provider.mailHosts(),
        provider.issuerInResponse() || document.issuerInResponse());
  }

  private static String or(String configured, String discovered) {
    return configured.isEmpty() ? discovered : configured;
  }

  private Known read(String provider, String issuer) {
    try {
      URI uri =
          URI.create(
              (issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer)
                  + "/.well-known/openid-configuration");
      VettedHttp.Response answer =
          http.exchange(VettedHttp.Request.get(uri), MAX_BYTES, settings.requestTimeout());
      if (answer.status() != 200) {
        throw new IOException("the server answered " + answer.status());
      }
      JsonNode document = json.readTree(answer.body());
      if (document == null || !issuer.equals(document.path("issuer").asText())) {
        throw new IOException("the document names another issuer");
      }
      return new Known(
          endpoint(document, "authorization_endpoint"),
          endpoint(document, "token_endpoint"),
          document.hasNonNull("jwks_uri") ? endpoint(document, "jwks_uri") : null,
          document.path("authorization_response_iss_parameter_supported").asBoolean(),
          null,
          clock.instant().plus(KEPT));
    } catch (IOException | HostRefused | IllegalArgumentException e) {
      OAuthFailed failure =
          new OAuthFailed(
              provider,
              OAuthFailed.UNAVAILABLE,
              "the configuration of " + issuer + " cannot be read: " + reason(e),
              e);
      return new Known("", "", null, false, failure, clock.instant().plus(FAILURE_KEPT));
    }
  }

  private static String reason(Exception e) {
    return e instanceof com.fasterxml.jackson.core.JsonProcessingException
        ? "it is not JSON, or too deeply nested"
        : String.valueOf(e.getMessage());
  }

  private static String endpoint(JsonNode document, String field) throws IOException {
    String text = document.path(field).asText();
    try {
      if (VettedHttp.isAllowed(URI.create(text))) {
        return text;
      }
    } catch (IllegalArgumentException e) {
      // Reported below.
    }
    throw new IOException(field + " is not an https URL");
  }
}
