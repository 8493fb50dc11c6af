package org.byoemail.inbound.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.MailboxId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.Tokens;
import org.byoemail.inbound.ingest.InjectionRefused.Reason;
import org.byoemail.inbound.mailbox.InboundMailRows;
import org.byoemail.inbound.mailbox.IncomingBatch;
import org.byoemail.inbound.mailbox.Mailboxes;
import org.byoemail.platform.audit.AuditLog;
import org.springframework.stereotype.Component;

/**
 * Takes mail in that was given by a test instead of fetched from a mailbox, through the same route:
 * policy, reading, screening and storing. In test organizations only. Each id is taken in once for
 * an account, however often and wherever it is given. Safe for use by many threads and nodes.
 */
@Component
public class InjectedMails {
  private final Set<OrganizationId> organizations;
  private final Mailboxes mailboxes;
  private final InboundMailRows rows;
  private final Inbox inbox;
  private final QuarantineRoute route;
  private final AuditLog audit;
  private final Clock clock;

  InjectedMails(
      TestSettings settings,
      Mailboxes mailboxes,
      InboundMailRows rows,
      Inbox inbox,
      QuarantineRoute route,
      AuditLog audit,
      Clock clock) {
    this.organizations = settings.testOrganizations();
    this.mailboxes = mailboxes;
    this.rows = rows;
    this.inbox = inbox;
    this.route = route;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * A mail that was taken in.
   *
   * @param created false: it had been given before
   */
  public record Injected(InboxEntry mail, boolean created) {}

  /**
   * Takes a mail in. Not to be called inside a transaction.
   *
   * @param id chosen by the caller
   * @param mail as it would be in the mailbox (RFC 5322)
   * @throws InjectionRefused if the account is of no test organization or has no mailbox, or the id
   *     was used for another mail
   */
  public Injected take(Account account, String id, byte[] mail) {
    if (!organizations.contains(account.organization())) {
      throw new InjectionRefused(
          Reason.NO_TEST_ORGANIZATION,
          "the account's organization is no test organization: byo.test.organizations does not name"
              + " it");
    }
    MailboxId mailbox =
        mailboxes
            .first(account.id())
            .orElseThrow(
                () ->
                    new InjectionRefused(
                        Reason.NO_MAILBOX, "the account has no IMAP settings: add them first"));
    long uid = uid(id);
    Optional<UUID> before = rows.injected(mailbox, uid);
    if (before.isPresent()) {
      return new Injected(same(before.get(), mail), false);
    }
    try (IncomingBatch batch =
        IncomingBatch.ofInjected(account, mailbox, uid, clock.instant(), mail)) {
      route.take(batch);
    }
    // It may have been given twice at once: the one that came first is stored.
    UUID stored = rows.injected(mailbox, uid).orElseThrow();
    InboxEntry taken = same(stored, mail);
    audit.recordAlone(
        "test-inbound.injected",
        stored,
        account.organization(),
        Map.of("account", account.id().toString(), "status", taken.status().word()));
    return new Injected(taken, true);
  }

  private InboxEntry same(UUID stored, byte[] mail) {
    InboxEntry known = inbox.find(null, stored).orElseThrow();
    if (known.size() != mail.length || !hasBytes(known, mail)) {
      throw new InjectionRefused(
          Reason.ID_REUSED, "the id was used before for another mail of this account");
    }
    return known;
  }

  /** Of a refused mail nothing is kept. */
  private boolean hasBytes(InboxEntry known, byte[] mail) {
    if (known.raw() == null || known.headerOnly()) {
      return true;
    }
    try (InputStream stored = inbox.raw(known).orElseThrow()) {
      return Arrays.equals(stored.readNBytes(mail.length + 1), mail);
    } catch (IOException e) {
      throw new UncheckedIOException("the raw mail " + known.id() + " cannot be read", e);
    }
  }

  /** Identifies the id: 63 bits of its SHA-256. */
  static long uid(String id) {
    byte[] hash = Tokens.sha256("inject " + id);
    return ByteBuffer.wrap(hash).getLong() & Long.MAX_VALUE;
  }
}
