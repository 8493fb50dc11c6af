package org.byoemail.inbound.mailbox;

import java.util.List;
import org.byoemail.account.registry.Account;
import org.byoemail.platform.lease.Lease;

/**
 * Mails of one mailbox that follow one another, dealt with all together or not at all: the body of
 * the exchange that the {@code mailbox} component sends into its route. What fails together is
 * delivered again one by one, so that each failure is that of a single mail.
 *
 * <p>It lives as long as its exchange and is used by one thread at a time.
 */
public final class IncomingBatch implements AutoCloseable {
  private final MailboxContext context;
  private final List<IncomingMail> mails;
  private final BodySource bodies;
  private boolean dealtWith;

  /** Fetches the bodies of several mails at once. */
  @FunctionalInterface
  public interface BodySource {
    /**
     * Gives each of them its body, as far as the server does; what is left out is fetched when it
     * is asked for.
     *
     * @throws FetchFailed where the server failed altogether
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
   * A mail of which the bytes are here.
   *
   * @param marksSeen whether it is to be marked read where it lies, once it was taken in, unless
   *     the account has it otherwise
   */
  public static IncomingBatch ofKept(
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
    IncomingMail mail = IncomingMail.again(context, head, quarantined, () -> raw);
    return new IncomingBatch(context, List.of(mail), wanted -> {});
  }

  /** Whether these were passed before, so that the cursor does not move. */
  boolean isPassed() {
    return mails.get(0).retried().isPresent();
  }

  /** The account that received them. */
  public Account account() {
    return context.account();
  }

  /** The mails, in the order of their UIDs. */
  public List<IncomingMail> mails() {
    return mails;
  }

  /** Fetches the bodies of some of them ahead of their use, small ones in one go. */
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

  /** Whether what became of them is committed. */
  boolean isDealtWith() {
    return dealtWith;
  }

  void dealtWith() {
    dealtWith = true;
  }

  @Override
  public void close() {
    mails.forEach(IncomingMail::close);
  }

  /** Names ids only. */
  @Override
  public String toString() {
    return mails.size() == 1
        ? mails.get(0).toString()
        : "mails " + mails.get(0).uid() + " to " + lastUid() + " in " + context;
  }
}
