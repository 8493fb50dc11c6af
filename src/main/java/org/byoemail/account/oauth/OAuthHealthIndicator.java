package org.byoemail.account.oauth;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.Status;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * What an operator must mend of OAuth clients, since no consent can: secrets that expire soon, and
 * clients that providers refuse. Degraded, never down: other accounts work. Looks at the database
 * at most once a minute, and logs what it finds once a day. Safe for use by many threads.
 */
@Component("oauthHealthIndicator")
class OAuthHealthIndicator implements HealthIndicator {
  private static final Logger log = LoggerFactory.getLogger(OAuthHealthIndicator.class);
  private static final Status DEGRADED =
      new Status("DEGRADED", "accounts by OAuth 2.0 fail or are going to");
  private static final Duration KNOWN_FOR = Duration.ofMinutes(1);
  private static final Duration LOGGED_EVERY = Duration.ofDays(1);

  private final OAuthClients clients;
  private final OAuthGrantRows grants;
  private final OAuthSettings settings;
  private final Clock clock;
  private Found found = new Found(List.of(), List.of(), Instant.MIN);
  private Instant logged = Instant.MIN;

  /** What needs an operator. */
  private record Found(List<String> expiring, List<String> refused, Instant until) {}

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
    Gauge.builder("byo.oauth.secrets.expiring", this, health -> health.count().expiring().size())
        .description("client secrets that expire soon or have expired")
        .register(meters);
    Gauge.builder("byo.oauth.clients.refused", this, health -> health.count().refused().size())
        .description("OAuth clients that their provider refuses")
        .register(meters);
  }

  @Override
  public Health health() {
    Found now;
    try {
      now = found();
    } catch (DataAccessException e) {
      return Health.unknown().withDetail("error", "the database does not answer").build();
    }
    boolean degraded = !now.expiring().isEmpty() || !now.refused().isEmpty();
    return Health.status(degraded ? DEGRADED : Status.UP)
        .withDetail("secretsExpiring", now.expiring())
        .withDetail("clientsRefused", now.refused())
        .build();
  }

  private Found count() {
    try {
      return found();
    } catch (DataAccessException e) {
      log.debug("OAuth clients cannot be looked at: {}", e.getMessage());
      return found;
    }
  }

  private synchronized Found found() {
    Instant now = clock.instant();
    if (now.isBefore(found.until())) {
      return found;
    }
    List<String> expiring =
        clients.expiring(now.plus(settings.secretWarning())).stream()
            .map(client -> described(client) + " expires " + client.secretExpiresAt())
            .toList();
    found = new Found(expiring, grants.refusedClients(), now.plus(KNOWN_FOR));
    if (!expiring.isEmpty() && logged.plus(LOGGED_EVERY).isBefore(now)) {
      logged = now;
      expiring.forEach(secret -> log.warn("Renew it at the provider: the {}", secret));
    }
    return found;
  }

  private static String described(OAuthClient client) {
    return "secret of the OAuth client "
        + client.clientId()
        + " of "
        + client.provider()
        + (client.organization().isEmpty() ? "" : " of organization " + client.organization());
  }
}
