package org.byoemail.account.discovery;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import org.byoemail.account.connection.Deadline;
import org.byoemail.account.connection.MailServerProbe;
import org.byoemail.account.discovery.Discovered.Step;
import org.byoemail.account.discovery.Proposal.Confidence;
import org.byoemail.account.discovery.Proposal.Server;
import org.byoemail.account.discovery.Proposal.Source;
import org.byoemail.account.provider.SignIn;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.format.mail.EmailAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Tries the usual names of mail servers in the domain. A server is proposed only if it answers with
 * a certificate that is trusted for that name.
 */
@Component
class GuessSearch {
  private static final Logger log = LoggerFactory.getLogger(GuessSearch.class);

  /** A usual server; the first one that answers is proposed. */
  record Guess(Protocol protocol, String prefix, int port, Security security) {
    Server server(EmailAddress address) {
      return new Server(prefix + "." + address.domain(), port, security, address.value());
    }
  }

  private static final List<Guess> GUESSES =
      List.of(
          new Guess(Protocol.IMAP, "imap", 993, Security.SSL),
          new Guess(Protocol.IMAP, "mail", 993, Security.SSL),
          new Guess(Protocol.IMAP, "imap", 143, Security.STARTTLS),
          new Guess(Protocol.IMAP, "mail", 143, Security.STARTTLS),
          new Guess(Protocol.SMTP, "smtp", 465, Security.SSL),
          new Guess(Protocol.SMTP, "mail", 465, Security.SSL),
          new Guess(Protocol.SMTP, "smtp", 587, Security.STARTTLS),
          new Guess(Protocol.SMTP, "mail", 587, Security.STARTTLS));

  private final MailServerProbe probe;
  private final SearchThreads threads;
  private final List<Guess> guesses;

  @Autowired
  GuessSearch(MailServerProbe probe, SearchThreads threads) {
    this(probe, threads, GUESSES);
  }

  /**
   * @param guesses for one protocol, in the order of preference
   */
  GuessSearch(MailServerProbe probe, SearchThreads threads, List<Guess> guesses) {
    this.probe = probe;
    this.threads = threads;
    this.guesses = List.copyOf(guesses);
  }

  Discovered search(EmailAddress address, Deadline deadline) {
    List<Future<@Nullable String>> probes = new ArrayList<>();
    for (Guess guess : guesses) {
      Server server = guess.server(address);
      probes.add(
          threads.submit(
              () ->
                  probe.probe(
                      guess.protocol(),
                      server.host(),
                      server.port(),
                      server.security(),
                      deadline)));
    }
    Server smtp = null;
    Server imap = null;
    for (int i = 0; i < guesses.size(); i++) {
      Guess guess = guesses.get(i);
      boolean wanted = guess.protocol() == Protocol.SMTP ? smtp == null : imap == null;
      if (wanted && answers(probes.get(i), deadline)) {
        if (guess.protocol() == Protocol.SMTP) {
          smtp = guess.server(address);
        } else {
          imap = guess.server(address);
        }
      }
    }
    probes.forEach(probe -> probe.cancel(true));
    if (smtp == null && imap == null) {
      return new Discovered(
          List.of(),
          List.of(
              new Step(
                  Source.GUESS.word(),
                  false,
                  "no mail server answers at imap, smtp or mail." + address.domain())));
    }
    String found =
        (imap == null ? "" : imap.host() + ":" + imap.port())
            + (imap == null || smtp == null ? "" : "; ")
            + (smtp == null ? "" : smtp.host() + ":" + smtp.port());
    return new Discovered(
        List.of(
            new Proposal(
                null,
                address.domain(),
                smtp,
                imap,
                List.of(SignIn.password()),
                null,
                Source.GUESS,
                Confidence.LOW,
                List.of("A mail server answers there; whether it has this mailbox is unknown."))),
        List.of(new Step(Source.GUESS.word(), true, found)));
  }

  private static boolean answers(Future<@Nullable String> probe, Deadline deadline) {
    try {
      return SearchThreads.await(probe, deadline) == null;
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TimeoutException)) {
        log.warn("A guessed server could not be probed", e.getCause());
      }
      return false;
    }
  }
}
