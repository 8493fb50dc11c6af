package org.byoemail.inbound.mailbox;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import jakarta.mail.MessagingException;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.inbound.mailbox.CatchUp.Run;

/** The span and timer {@code email.imap.poll} around each catch-up. */
final class PollObservations {
  private static final String OUTCOME = "outcome";

  private final ObservationRegistry registry;

  PollObservations(ObservationRegistry registry) {
    this.registry = registry;
  }

  /** A catch-up of a mailbox. */
  interface Poll {
    Run run() throws MessagingException;
  }

  Run observe(Account account, Poll poll) throws MessagingException {
    ServerSettings imap = account.server(Protocol.IMAP);
    Observation observation =
        Observation.createNotStarted("email.imap.poll", registry)
            .lowCardinalityKeyValue(OUTCOME, "failed")
            .highCardinalityKeyValue("server.address", imap.host())
            .highCardinalityKeyValue("server.port", String.valueOf(imap.port()))
            .highCardinalityKeyValue("folder", account.settings().folder());
    RuntimeException[] postponed = new RuntimeException[1];
    Run observed =
        observation.observeChecked(
            () -> {
              Run run;
              try {
                run = poll.run();
              } catch (HostBusy | MailMemoryExhausted e) {
                // Not a failure: the mailbox's turn comes later.
                observation.lowCardinalityKeyValue(OUTCOME, "postponed");
                postponed[0] = e;
                return null;
              }
              observation
                  .lowCardinalityKeyValue(OUTCOME, run.newUids() > 0 ? "new" : "nothing")
                  .highCardinalityKeyValue("batch_size", String.valueOf(run.delivered()))
                  .highCardinalityKeyValue("new_uid_count", String.valueOf(run.newUids()));
              return run;
            });
    if (observed == null) {
      throw postponed[0];
    }
    return observed;
  }
}
