package org.byoemail.outbound.delivery;

import java.time.Duration;
import java.util.Optional;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.outbound.delivery.OutgoingMail.Transport;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Chooses the transport of a message: its account if it has one that is used (rollout), else a
 * transport of the platform. After a partial or unknown attempt the transport stays.
 */
@Component
class TransportChoice {
  /** There is no event for a new transport of the platform. */
  static final Duration NO_TRANSPORT = Duration.ofMinutes(5);

  private final SendSettings settings;
  private final PlatformTransports platform;
  private final AttemptRows attempts;

  TransportChoice(SendSettings settings, PlatformTransports platform, AttemptRows attempts) {
    this.settings = settings;
    this.platform = platform;
    this.attempts = attempts;
  }

  /**
   * The decision.
   *
   * @param transport null: it has to wait
   * @param delay how long it waits; zero: not at all
   */
  record Choice(@Nullable Transport transport, Duration delay) {}

  /**
   * Decides.
   *
   * @param organization the message's
   * @param account null if the sender has none
   */
  Choice of(
      Claim claim, OrganizationId organization, EmailAddress from, @Nullable Account account) {
    Transport fixed =
        claim.attemptNumber() > 1 ? attempts.fixedTransport(claim.message()).orElse(null) : null;
    if (account != null && claim.accountUsed() && (fixed == null || fixed == Transport.SMTP)) {
      return account.isSending() ? leave(Transport.SMTP) : look(settings.ownTroubleDelay());
    }
    if (fixed != null) {
      return platform.mayCarry(fixed, organization, from) ? by(fixed) : look(NO_TRANSPORT);
    }
    Optional<Transport> ofPlatform = platform.of(organization, from);
    if (ofPlatform.isPresent()) {
      return by(ofPlatform.get());
    }
    if (platform.isUnclear(from)) {
      return look(NO_TRANSPORT);
    }
    if (settings.simulated()) {
      return leave(Transport.SIMULATED);
    }
    return account == null ? leave(Transport.NONE) : look(NO_TRANSPORT);
  }

  private Choice by(Transport transport) {
    return platform.waiting(transport).map(TransportChoice::look).orElseGet(() -> leave(transport));
  }

  private static Choice leave(Transport transport) {
    return new Choice(transport, Duration.ZERO);
  }

  private static Choice look(Duration later) {
    return new Choice(null, later);
  }
}
