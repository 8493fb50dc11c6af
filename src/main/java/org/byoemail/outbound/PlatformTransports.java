package org.byoemail.outbound;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.byoemail.mail.EmailAddress;
import org.byoemail.outbound.AttemptOutcome.Deferred;
import org.byoemail.outbound.OutgoingMail.Transport;
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

  private final TransportSettings settings;
  private final Clock clock;
  private final Map<Transport, Backoff> backoffs = new EnumMap<>(Transport.class);

  private record Backoff(int failures, Instant until) {}

  PlatformTransports(TransportSettings settings, Clock clock, MeterRegistry meters) {
    this.settings = settings;
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

  /** Whether there is any. */
  boolean isAny() {
    return ALL.stream().anyMatch(this::isConfigured);
  }

  /** The first that may carry mail from an address. */
  Optional<Transport> of(EmailAddress from) {
    return ALL.stream().filter(transport -> mayCarry(transport, from)).findFirst();
  }

  /** Whether that one may. */
  boolean mayCarry(Transport transport, EmailAddress from) {
    return isConfigured(transport)
        && TransportSettings.lists(
            transport == Transport.POSTMARK
                ? settings.postmark().domains()
                : settings.relay().domains(),
            from);
  }

  private boolean isConfigured(Transport transport) {
    return switch (transport) {
      case POSTMARK -> settings.postmark().isConfigured();
      case RELAY -> settings.relay().isConfigured();
      default -> false;
    };
  }

  /** Until when it waits; empty where it may be used. */
  synchronized Optional<Instant> waiting(Transport transport) {
    return Optional.ofNullable(backoffs.get(transport))
        .map(Backoff::until)
        .filter(until -> until.isAfter(clock.instant()));
  }

  /**
   * Takes note of what became of a mail.
   *
   * @return the trouble that is the transport's own and leaves nothing to write down of the mail
   *     itself: it was no try, and waits with all the others
   */
  Optional<Deferred> note(Transport transport, Collection<AttemptOutcome> outcomes) {
    if (!ALL.contains(transport) || outcomes.isEmpty()) {
      return Optional.empty();
    }
    Optional<Deferred> trouble = AccountTrouble.in(outcomes);
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
    Duration grown = settings.backoff().multipliedBy(1L << Math.min(failures - 1, 20));
    Duration delay = grown.compareTo(settings.maxBackoff()) < 0 ? grown : settings.maxBackoff();
    Instant until = clock.instant().plus(delay);
    backoffs.put(transport, new Backoff(failures, until));
    LOG.warn(
        "the transport {} fails, its mail waits until {}: {}",
        transport.word(),
        until,
        trouble.words());
  }
}
