package org.byoemail.inbound.mailbox;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import jakarta.mail.MessagingException;
import java.util.Locale;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.inbound.mailbox.CatchUp.Run;
import org.byoemail.platform.trace.LogContext;

/**
 * The spans and timers: {@code email.inbound.ingest}, and {@code email.imap.poll} around each
 * catch-up.
 */
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

  /** Delivers mails under the span and timer {@code email.inbound.ingest}. */
  void ingest(IncomingBatch mails, InboundDelivery delivery) throws Exception {
    Observation.createNotStarted("email.inbound.ingest", registry)
        .highCardinalityKeyValue("account_id", mails.account().id().toString())
        .highCardinalityKeyValue("mail_count", String.valueOf(mails.mails().size()))
        .observeChecked(() -> delivery.deliver(mails));
  }

  Run observe(Account account, Poll poll) throws MessagingException {
    try (LogContext ids = LogContext.of(null, account.id().value(), null, null)) {
      return observed(account, poll);
    }
  }

  private Run observed(Account account, Poll poll) throws MessagingException {
    ServerSettings imap = account.server(Protocol.IMAP);
    Observation observation =
        Observation.createNotStarted("email.imap.poll", registry)
            .lowCardinalityKeyValue(OUTCOME, "failed")
            .highCardinalityKeyValue("security", imap.security().name().toLowerCase(Locale.ROOT))
            .highCardinalityKeyValue("server.address", imap.host())
            .highCardinalityKeyValue("server.port", String.valueOf(imap.port()))
            .highCardinalityKeyValue("account_id", account.id().toString())
            .highCardinalityKeyValue("folder", account.settings().folder());
    RuntimeException[] postponed = new RuntimeException[1];
    Run observed =
        observation.observeChecked(
            () -> {
              Run run;
              try {
                run = poll.run();
              } catch (HostConnectionLimitReached | MailMemoryExhausted e) {
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
