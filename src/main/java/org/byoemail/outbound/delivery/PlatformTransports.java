package org.byoemail.outbound.delivery;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.byoemail.account.registry.Agents;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.outbound.delivery.AttemptOutcome.Deferred;
import org.byoemail.outbound.delivery.OutgoingMail.Transport;
import org.byoemail.platform.retry.ExponentialBackoff;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The transports of the platform itself: which of them may carry mail of an address, and whether
 * one has to wait because it fails as a whole. Each node finds that out by itself. Safe for use by
 * many threads.
 */
@Component
class PlatformTransports {
  private static final Logger LOG = LoggerFactory.getLogger(PlatformTransports.class);

  /** In the order they are chosen in. */
  static final List<Transport> ALL = List.of(Transport.POSTMARK, Transport.RELAY);

  private static final Duration ORGANIZATIONS_KNOWN_FOR = Duration.ofMinutes(1);

  private final TransportSettings settings;
  private final Map<Transport, AuthorizedDomains> authorized;
  private final Agents agents;
  private final Clock clock;
  private final Map<Transport, Backoff> backoffs = new EnumMap<>(Transport.class);
  private SoleOrganization only = new SoleOrganization(null, Instant.MIN);

  private record Backoff(int failures, Instant until) {}

  /** The only organisation; null: there are several, or none. */
  private record SoleOrganization(@Nullable OrganizationId organization, Instant until) {}

  PlatformTransports(TransportSettings settings, Agents agents, Clock clock, MeterRegistry meters) {
    this.settings = settings;
    this.authorized =
        Map.of(
            Transport.POSTMARK,
            settings.postmark().authorized(),
            Transport.RELAY,
            settings.relay().authorized());
    this.agents = agents;
    this.clock = clock;
    for (Transport transport : ALL) {
      if (isConfigured(transport)) {
        Gauge.builder("byo.transport.waiting", () -> waiting(transport).isPresent() ? 1 : 0)
            .tag("transport", transport.word())
            .description("whether a transport of the platform fails as a whole and waits")
            .register(meters);
      }
    }
  }

  /** Whether a transport is configured. */
  boolean isAny() {
    return ALL.stream().anyMatch(this::isConfigured);
  }

  /**
   * The transport for mail of the platform itself: the first that lists the domain, or else the
   * first.
   */
  Optional<Transport> ofPlatform(EmailAddress from) {
    List<Transport> configured = ALL.stream().filter(this::isConfigured).toList();
    return configured.stream()
        .filter(transport -> domains(transport).isListed(from))
        .findFirst()
        .or(() -> configured.stream().findFirst());
  }

  /** The first that may carry mail of an organisation from an address. */
  Optional<Transport> of(OrganizationId organization, EmailAddress from) {
    return ALL.stream().filter(transport -> mayCarry(transport, organization, from)).findFirst();
  }

  /** Whether that one may. */
  boolean mayCarry(Transport transport, OrganizationId organization, EmailAddress from) {
    return isConfigured(transport)
        && (domains(transport).isAuthorized(organization, from)
            || domains(transport).isAuthorizedAlone(from) && isOnly(organization));
  }

  /** Whether a transport lists the domain of an address without an organisation. */
  boolean isUnclear(EmailAddress from) {
    return ALL.stream().anyMatch(one -> isConfigured(one) && domains(one).isAuthorizedAlone(from));
  }

  private AuthorizedDomains domains(Transport transport) {
    return Objects.requireNonNull(authorized.get(transport));
  }

  private synchronized boolean isOnly(OrganizationId organization) {
    Instant now = clock.instant();
    if (!now.isBefore(only.until())) {
      only =
          new SoleOrganization(
              agents.onlyOrganization().orElse(null), now.plus(ORGANIZATIONS_KNOWN_FOR));
      if (only.organization() == null) {
        LOG.warn(
            "byo.transport.*.domains applies to a single organisation and there are several: mail"
                + " that it concerns waits until byo.transport.*.organizations says whose each"
                + " domain is");
      }
    }
    return organization.equals(only.organization());
  }

  private boolean isConfigured(Transport transport) {
    return switch (transport) {
      case POSTMARK -> settings.postmark().isConfigured();
      case RELAY -> settings.relay().isConfigured();
      default -> false;
    };
  }

  /** For how long it still waits; empty if it may be used. */
  synchronized Optional<Duration> waiting(Transport transport) {
    return Optional.ofNullable(backoffs.get(transport))
        .map(backoff -> Duration.between(clock.instant(), backoff.until()))
        .filter(left -> left.compareTo(Duration.ZERO) > 0);
  }

  /**
   * Notes the outcomes of a mail.
   *
   * @return the trouble that is the transport's own and leaves nothing to write down of the mail
   *     itself: it was no attempt, and waits with all the others
   */
  Optional<Deferred> note(Transport transport, Collection<AttemptOutcome> outcomes) {
    if (!ALL.contains(transport) || outcomes.isEmpty()) {
      return Optional.empty();
    }
    Optional<Deferred> trouble = AccountCircuitBreaker.in(outcomes);
    if (trouble.isEmpty()) {
      works(transport);
      return Optional.empty();
    }
    fails(transport, trouble.get());
    return trouble.filter(any -> outcomes.stream().allMatch(Deferred.class::isInstance));
  }

  private synchronized void works(Transport transport) {
    if (backoffs.remove(transport) != null) {
      LOG.info("the transport {} works again", transport.word());
    }
  }

  // Mails that failed side by side are one failure: only the first of them raises the backoff.
  private synchronized void fails(Transport transport, Deferred trouble) {
    if (waiting(transport).isPresent()) {
      return;
    }
    Backoff before = backoffs.get(transport);
    int failures = before == null ? 1 : before.failures() + 1;
    Duration delay =
        ExponentialBackoff.doubling(settings.backoff(), settings.maxBackoff()).delay(failures);
    // Of a relay it is guessed from words, and mail of all organizations would wait.
    Duration stated = transport == Transport.POSTMARK ? trouble.pause() : null;
    if (stated != null && stated.compareTo(delay) > 0) {
      delay = stated;
    }
    Instant until = clock.instant().plus(delay);
    backoffs.put(transport, new Backoff(failures, until));
    LOG.warn(
        "the transport {} fails, its mail waits until {}: {}",
        transport.word(),
        until,
        trouble.words());
  }
}
