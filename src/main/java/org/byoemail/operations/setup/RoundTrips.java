package org.byoemail.operations.setup;

import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.byoemail.account.registry.Account;
import org.byoemail.account.testmail.TestMail;
import org.byoemail.account.testmail.TestMailSearch;
import org.byoemail.account.testmail.TestMails;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.HeaderField;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mail.Tokens;
import org.byoemail.outbound.outbox.OutboundDetails;
import org.byoemail.outbound.outbox.Outbox;
import org.byoemail.outbound.submission.Submission;
import org.byoemail.outbound.submission.SubmissionSource;
import org.byoemail.outbound.submission.Submissions;
import org.byoemail.outbound.submission.SubmittedBy;
import org.byoemail.platform.audit.AuditLog;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Sends test mails the way all other mail is sent, and follows them into the mailbox. Safe for use
 * by many threads and nodes.
 */
@Service
public class RoundTrips {
  /** The longest wait of one call. */
  public static final Duration MAX_WAIT = Duration.ofSeconds(30);

  private static final Duration EXPIRES_AFTER = Duration.ofHours(1);
  private static final Duration STEP = Duration.ofMillis(500);
  private static final String TEXT =
      """
      This is a test mail of %s.

      An operator of this mailbox in BYO Email requested it, to check that mail is sent and \
      received. You may delete it. Its id is %s.
      """;

  private final TestMails mails;
  private final TestMailSearch search;
  private final Submissions submissions;
  private final Outbox outbox;
  private final AuditLog audit;
  private final TransactionTemplate transactions;
  private final WaitingCalls waiting = new WaitingCalls();

  RoundTrips(
      TestMails mails,
      TestMailSearch search,
      Submissions submissions,
      Outbox outbox,
      AuditLog audit,
      TransactionTemplate transactions) {
    this.mails = mails;
    this.search = search;
    this.submissions = submissions;
    this.outbox = outbox;
    this.audit = audit;
    this.transactions = transactions;
  }

  /**
   * Sends a test mail.
   *
   * @param to null: the account's own address
   * @param caller the id of the API key, or the name of the user; limited, as the account is
   * @throws FieldsRefused if {@code to} is no address
   * @throws org.byoemail.account.registry.StepRefused if the account does not send
   * @throws org.byoemail.account.testmail.TooManyTestMails beyond the limits
   */
  public RoundTrip send(Account account, @Nullable String to, String caller) {
    account.life().requireTestMail();
    EmailAddress recipient = recipient(account, to);
    TestMail mail =
        Objects.requireNonNull(
            transactions.execute(
                status -> {
                  TestMail requested = mails.request(account, caller, recipient);
                  audit.record(
                      "account.test_mail_requested",
                      account.id().value(),
                      account.organization(),
                      Map.of("to", recipient.value(), "testMail", requested.id().toString()));
                  return requested;
                }));
    Submissions.Accepted accepted =
        submissions.accept(
            new SubmissionSource(account.organization())
                .as(new SubmittedBy("test-mail", mail.id(), null)),
            submission(account, mail));
    mails.submitted(mail.id(), accepted.messageId());
    return find(account, mail.id()).orElseThrow();
  }

  private static EmailAddress recipient(Account account, @Nullable String to) {
    if (to == null || to.isBlank()) {
      return account.address();
    }
    try {
      return EmailAddress.parse(to);
    } catch (IllegalArgumentException e) {
      throw new FieldsRefused("to", "is not valid: " + e.getMessage());
    }
  }

  private static Submission submission(Account account, TestMail mail) {
    String id = "test-mail-" + mail.id();
    return new Submission(
        id,
        account.endpoint().toString(),
        "",
        List.of(new NamedAddress("", mail.recipient())),
        List.of(),
        List.of(),
        null,
        "Test mail of " + account.address(),
        TEXT.formatted(account.address(), mail.id()),
        null,
        null,
        List.of(
            new HeaderField(TestMail.HEADER, mail.id().toString()),
            // Shows whether the provider's DKIM signature covers them.
            new HeaderField("List-Unsubscribe", "<mailto:" + account.address() + ">"),
            new HeaderField("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")),
        List.of(),
        null,
        mail.requestedAt().plus(EXPIRES_AFTER),
        0,
        true,
        false,
        false,
        Map.of("testMail", mail.id().toString()),
        HexFormat.of().formatHex(Tokens.sha256(id)));
  }

  /** How far a test mail of the account has got; empty if it has none of that id. */
  public Optional<RoundTrip> find(Account account, UUID id) {
    return mails
        .find(account.id(), id)
        .map(mail -> RoundTripSteps.of(account, mail, details(mail)));
  }

  private @Nullable OutboundDetails details(TestMail mail) {
    return mail.message() == null ? null : outbox.story(mail.message()).orElse(null);
  }

  /**
   * Waits until it has arrived or failed, and looks for it in the mailbox meanwhile. If too many
   * calls already wait, it looks once.
   *
   * @param patience at most {@link #MAX_WAIT}; zero: it looks once
   */
  public Optional<RoundTrip> await(Account account, UUID id, Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    boolean waits = !patience.isZero() && waiting.enter(account.organization());
    try {
      Optional<RoundTrip> found = look(account, id);
      while (waits && found.isPresent() && !found.get().isOver() && end - System.nanoTime() > 0) {
        pause(Math.min(STEP.toNanos(), end - System.nanoTime()));
        found = look(account, id);
      }
      return found;
    } finally {
      if (waits) {
        waiting.leave(account.organization());
      }
    }
  }

  private Optional<RoundTrip> look(Account account, UUID id) {
    Optional<RoundTrip> found = find(account, id);
    boolean own =
        found
            .filter(trip -> trip.status() == RoundTrip.Status.ACCEPTED)
            .filter(trip -> trip.recipient().equals(account.address().value()))
            .isPresent();
    if (!own || account.imapVerifiedAt() == null) {
      return found;
    }
    mails.find(account.id(), id).ifPresent(mail -> search.look(account, mail));
    return find(account, id);
  }

  private static void pause(long nanos) {
    try {
      TimeUnit.NANOSECONDS.sleep(Math.max(0, nanos));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a test mail", e);
    }
  }
}
