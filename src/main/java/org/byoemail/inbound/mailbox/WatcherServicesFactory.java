package org.byoemail.inbound.mailbox;

import io.micrometer.observation.ObservationRegistry;
import java.time.Clock;
import java.util.random.RandomGenerator;
import org.byoemail.account.registry.AccountHealthRepository;
import org.springframework.stereotype.Component;

/** Makes what the watchers share while one route consumes their mail. */
@Component
class WatcherServicesFactory {
  private final MailboxRows rows;
  private final AccountHealthRepository accountHealth;
  private final FolderOpener folders;
  private final MailMemory memory;
  private final ObservationRegistry observations;
  private final MailboxSettings settings;
  private final Clock clock;

  WatcherServicesFactory(
      MailboxRows rows,
      AccountHealthRepository accountHealth,
      FolderOpener folders,
      MailMemory memory,
      ObservationRegistry observations,
      MailboxSettings settings,
      Clock clock) {
    this.rows = rows;
    this.accountHealth = accountHealth;
    this.folders = folders;
    this.memory = memory;
    this.observations = observations;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * @param markSeen whether mail is marked as seen where its account says nothing else
   */
  WatcherServices of(InboundDelivery delivery, boolean markSeen) {
    LoginPacing pacing =
        new LoginPacing(
            clock,
            settings.loginsPerHost(),
            settings.loginInterval(),
            settings.connectionsPerHost());
    return new WatcherServices(
        rows,
        accountHealth,
        folders,
        delivery,
        markSeen,
        pacing,
        memory,
        new PollObservations(observations),
        settings,
        clock,
        RandomGenerator.getDefault());
  }
}
