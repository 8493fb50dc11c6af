package org.byoemail.account.oauth;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.byoemail.platform.health.CachedQuery;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.Status;
import org.springframework.stereotype.Component;

/**
 * Problems of OAuth clients that only an operator can fix: secrets that expire soon, and clients
 * that providers refuse. Degraded, never down: other accounts work. Secrets that expire are logged
 * once a day. Safe for use by many threads.
 */
@Component("oauthHealthIndicator")
class OAuthHealthIndicator implements HealthIndicator {
  private static final Logger log = LoggerFactory.getLogger(OAuthHealthIndicator.class);
  private static final Status DEGRADED =
      new Status("DEGRADED", "accounts with OAuth 2.0 fail, or soon will");
  private static final Duration FRESH = Duration.ofMinutes(1);
  private static final Duration LOGGED_EVERY = Duration.ofDays(1);

  private final OAuthClients clients;
  private final OAuthGrantRows grants;
  private final OAuthSettings settings;
  private final Clock clock;
  private final CachedQuery<Found> found;
  private volatile Instant logged = Instant.MIN;

  /** The problems; null: unknown. */
  private record Found(@Nullable List<String> expiring, @Nullable List<String> refused) {
    static final Found UNKNOWN = new Found(null, null);

    private static double count(@Nullable List<String> list) {
      return list == null ? Double.NaN : list.size();
    }
  }

  OAuthHealthIndicator(
      OAuthClients clients,
      OAuthGrantRows grants,
      OAuthSettings settings,
      Clock clock,
      MeterRegistry meters) {
    this.clients = clients;
    this.grants = grants;
    this.settings = settings;
    this.clock = clock;
    this.found = new CachedQuery<>(this::look, Found.UNKNOWN, FRESH, clock);
    Gauge.builder("byo.oauth.secrets.expiring", found, f -> Found.count(f.get().expiring()))
        .description("client secrets that expire soon or have expired")
        .register(meters);
    Gauge.builder("byo.oauth.clients.refused", found, f -> Found.count(f.get().refused()))
        .description("OAuth clients that their provider refuses")
        .register(meters);
  }

  @Override
  public Health health() {
    Found now = found.get();
    List<String> expiring = now.expiring();
    List<String> refused = now.refused();
    if (expiring == null || refused == null) {
      return Health.unknown().build();
    }
    return Health.status(expiring.isEmpty() && refused.isEmpty() ? Status.UP : DEGRADED)
        .withDetail("secretsExpiring", expiring)
        .withDetail("clientsRefused", refused)
        .build();
  }

  private Found look() {
    Instant now = clock.instant();
    List<String> expiring =
        clients.expiring(now.plus(settings.secretWarning())).stream()
            .map(client -> described(client) + " expires " + client.secretExpiresAt())
            .toList();
    if (!expiring.isEmpty() && logged.isBefore(now.minus(LOGGED_EVERY))) {
      logged = now;
      expiring.forEach(secret -> log.warn("Renew at the provider the {}", secret));
    }
    return new Found(expiring, grants.refusedClients());
  }

  private static String described(OAuthClient client) {
    return "secret of the OAuth client "
        + client.clientId()
        + " of "
        + client.provider()
        + (client.organization().isOperator() ? "" : " of organization " + client.organization());
  }
}
