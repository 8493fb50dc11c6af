package org.byoemail.inbound.mailbox;

import java.time.Instant;
import java.util.List;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AfterIngest;
import org.byoemail.format.mail.MailboxId;
import org.byoemail.platform.lease.Lease;

/**
 * Consecutive mails of one mailbox that are ingested in one transaction: the body of the exchange
 * that the {@code mailbox} component sends into its route. A batch that fails is delivered again
 * one by one, so that each failure belongs to a single mail.
 *
 * <p>It lives as long as its exchange and is used by one thread at a time.
 */
public final class IncomingBatch implements AutoCloseable {
  /** UIDVALIDITY of mails that were given. */
  public static final long INJECTED_VALIDITY = 0;

  /** The epoch of mails that were given. */
  public static final int INJECTED_EPOCH = 0;

  private final MailboxContext context;
  private final List<IncomingMail> mails;
  private final BodySource bodies;
  private boolean injected;
  private boolean markCommitted;

  /** Fetches the bodies of several mails at once. */
  @FunctionalInterface
  public interface BodySource {
    /**
     * Attaches the bodies that the server returns; the others are fetched lazily.
     *
     * @throws FetchFailed if the connection failed
     */
    void fetch(List<IncomingMail> mails);
  }

  /**
   * @param mails in the order of their UIDs, at least one
   */
  public IncomingBatch(MailboxContext context, List<IncomingMail> mails, BodySource bodies) {
    if (mails.isEmpty()) {
      throw new IllegalArgumentException("a batch has at least one mail");
    }
    this.context = context;
    this.mails = List.copyOf(mails);
    this.bodies = bodies;
  }

  /**
   * A batch of one quarantined mail whose bytes are stored.
   *
   * @param marksSeen whether it is marked read on the server once ingested, unless the account says
   *     otherwise
   */
  public static IncomingBatch ofQuarantined(
      Account account, QuarantinedMail quarantined, RawMail raw, boolean marksSeen) {
    MailboxContext context =
        new MailboxContext(
            account,
            new Lease(quarantined.mailbox(), 0),
            quarantined.uidValidity(),
            quarantined.epoch(),
            WatcherServices.after(account, marksSeen),
            null);
    FetchedHeader head =
        new FetchedHeader(
            quarantined.uid(), quarantined.size(), quarantined.receivedAt(), raw.header());
    IncomingMail mail = IncomingMail.refetched(context, head, quarantined, () -> raw);
    return new IncomingBatch(context, List.of(mail), wanted -> {});
  }

  /**
   * A batch of one mail that was given instead of fetched. Its UIDVALIDITY is 0, which no folder
   * has (RFC 9051, section 2.3.1.1), and nothing is done with it on a server.
   *
   * @param uid identifies it in the mailbox among those that were given
   */
  public static IncomingBatch ofInjected(
      Account account, MailboxId mailbox, long uid, Instant receivedAt, byte[] mail) {
    MailboxContext context =
        new MailboxContext(
            account,
            new Lease(mailbox, 0),
            INJECTED_VALIDITY,
            INJECTED_EPOCH,
            AfterIngest.NONE,
            null);
    FetchedHeader head =
        new FetchedHeader(uid, mail.length, receivedAt, null, RawMail.headerOf(mail), mail.clone());
    IncomingBatch batch =
        new IncomingBatch(
            context,
            List.of(
                new IncomingMail(
                    context,
                    head,
                    IncomingMail.PriorFailures.NONE,
                    () -> {
                      throw new IllegalStateException("it is here already");
                    })),
            wanted -> {});
    batch.injected = true;
    return batch;
  }

  /** The same batch, which a person has let in. */
  public IncomingBatch released() {
    mails.forEach(IncomingMail::asReleased);
    return this;
  }

  /** Whether this retries quarantined mail, so that the cursor does not move. */
  boolean isRetry() {
    return mails.get(0).quarantineId().isPresent();
  }

  /** Whether it is a mail that was given, so that the cursor does not move. */
  boolean isInjected() {
    return injected;
  }

  /** The account that received them. */
  public Account account() {
    return context.account();
  }

  /** The mails, in the order of their UIDs. */
  public List<IncomingMail> mails() {
    return mails;
  }

  /** Fetches the bodies of some mails ahead of their use, small ones by one command. */
  public void fetch(List<IncomingMail> wanted) {
    if (wanted.size() > 1) {
      bodies.fetch(wanted);
    }
  }

  MailboxContext context() {
    return context;
  }

  long lastUid() {
    return mails.get(mails.size() - 1).uid();
  }

  /** Whether the transaction that ingested them has committed. */
  boolean isCommitted() {
    return markCommitted;
  }

  void markCommitted() {
    markCommitted = true;
  }

  @Override
  public void close() {
    mails.forEach(IncomingMail::close);
  }

  /** Ids only. */
  @Override
  public String toString() {
    return mails.size() == 1
        ? mails.get(0).toString()
        : "mails " + mails.get(0).uid() + " to " + lastUid() + " in " + context;
  }
}
