package org.byoemail.inbound.mailbox;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AfterIngest;
import org.byoemail.format.mime.MailHeaders;
import org.byoemail.format.mime.MailParser;
import org.jspecify.annotations.Nullable;

/**
 * A mail that was found in a mailbox: its header, and a handle on the rest.
 *
 * <p>It lives as long as the exchange of its {@link IncomingBatch}, is used by one thread at a
 * time, and holds the connection it came over: what is to be kept is stored by the route.
 */
public final class IncomingMail implements AutoCloseable {
  private static final MailParser PARSER = new MailParser();

  private final MailboxContext context;
  private final FetchedHeader header;
  private final Stumbles stumbles;
  private final RawSource source;
  private final MailHeaders headers;
  private @Nullable UUID retried;
  private boolean fatal;
  private @Nullable RawMail raw;
  private byte @Nullable [] fingerprint;
  private boolean exceedsMemory;

  /** Fetches the whole of one mail. */
  @FunctionalInterface
  public interface RawSource {
    /**
     * @throws FetchFailed where the server does not give it
     * @throws MailGone where it is no longer there
     */
    RawMail fetch();
  }

  /**
   * How often this mail was in vain before.
   *
   * @param fetching times that the server did not give it
   * @param fetchingFor the time since the first of those; null where there were none
   * @param processing times that its exchange failed for any other reason
   * @param alone whether the server gave others meanwhile, so that it is not the server that is
   *     away
   */
  public record Stumbles(
      int fetching, @Nullable Duration fetchingFor, int processing, boolean alone) {
    /** It is met for the first time. */
    public static final Stumbles NONE = new Stumbles(0, null, 0);

    private static final int FETCH_TRIES = 5;
    private static final Duration FETCH_PATIENCE = Duration.ofHours(1);
    private static final int FETCH_TRIES_ALONE = 3;
    private static final Duration FETCH_PATIENCE_ALONE = Duration.ofSeconds(50);

    /** Of a mail that the server did not fail to give alone. */
    public Stumbles(int fetching, @Nullable Duration fetchingFor, int processing) {
      this(fetching, fetchingFor, processing, false);
    }

    boolean isUnfetchable() {
      return fetchingFor != null
          && fetching >= (alone ? FETCH_TRIES_ALONE : FETCH_TRIES)
          && fetchingFor.compareTo(alone ? FETCH_PATIENCE_ALONE : FETCH_PATIENCE) >= 0;
    }
  }

  public IncomingMail(
      MailboxContext context, FetchedHeader header, Stumbles stumbles, RawSource source) {
    this.context = context;
    this.header = header;
    this.stumbles = stumbles;
    this.source = source;
    this.headers = PARSER.parseHeader(header.header());
  }

  private IncomingMail(
      MailboxContext context, FetchedHeader header, UUID retried, RawSource source) {
    this(context, header, Stumbles.NONE, source);
    this.retried = retried;
  }

  /** A mail that was recorded before and is dealt with once more. */
  static IncomingMail again(
      MailboxContext context, FetchedHeader header, QuarantinedMail quarantined, RawSource source) {
    return new IncomingMail(context, header, quarantined.record(), source);
  }

  /** The row that records it, where it was put aside and is dealt with once more. */
  public Optional<UUID> retried() {
    return Optional.ofNullable(retried);
  }

  /** The account that received it. */
  public Account account() {
    return context.account();
  }

  /** The id of the mailbox it is in. */
  public UUID mailbox() {
    return context.lease().mailbox();
  }

  FetchedHeader header() {
    return header;
  }

  /** Its bytes, which were fetched ahead; closed with this. */
  void fetched(RawMail bytes) {
    close();
    raw = bytes;
  }

  /** The UIDVALIDITY of the folder. */
  public long uidValidity() {
    return context.uidValidity();
  }

  /** How often the server has numbered the folder anew; a UID means one mail within an epoch. */
  public int epoch() {
    return context.epoch();
  }

  /** Its UID. */
  public long uid() {
    return header.uid();
  }

  /** The server's own name for it, which it keeps under any UID; null where it has none. */
  public @Nullable String emailId() {
    return header.emailId();
  }

  /** Its size in bytes, as the server says. */
  public long size() {
    return header.size();
  }

  /** When it arrived, as the server says; null where it does not. */
  public @Nullable Instant receivedAt() {
    return header.receivedAt();
  }

  /** Its header. */
  public MailHeaders headers() {
    return headers;
  }

  /** What the same mail has in common wherever it is met; see {@link MailHeaders#fingerprint}. */
  public byte[] fingerprint() {
    if (fingerprint == null) {
      fingerprint = headers.fingerprint();
    }
    return fingerprint.clone();
  }

  /** The bytes of its header. */
  public byte[] headerBytes() {
    return header.header();
  }

  /** What is to be done in its mailbox once it was taken in. */
  public AfterIngest afterwards() {
    return context.after();
  }

  /**
   * Whether it was in a folder that was numbered anew, and old enough to have been taken in before,
   * so that it may be known although nobody recognises it.
   */
  public boolean isPossibleDuplicate() {
    ResyncWindow window = context.window();
    return window != null && window.isDoubtful(header);
  }

  /** How often its exchange has failed before, the server's failures to give it left out. */
  public int failures() {
    return stumbles.processing();
  }

  /** The program has ended each time that it was read. */
  IncomingMail asFatal() {
    fatal = true;
    return this;
  }

  /** Whether the program has ended each time that it was read, so that it is to be left behind. */
  public boolean isFatal() {
    return fatal;
  }

  void exceedsMemory(boolean beyondAll) {
    exceedsMemory = beyondAll;
  }

  /** Whether it is larger than all that this node may take for reading, so that it is not read. */
  public boolean exceedsMemory() {
    return exceedsMemory;
  }

  /** Whether the server has failed to give it for so long that it is to be left behind. */
  public boolean isUnfetchable() {
    return stumbles.isUnfetchable();
  }

  /**
   * The whole mail, fetched at the first call, without changing its flags. Closed with this.
   *
   * @throws FetchFailed where the server does not give it
   * @throws MailGone where it is no longer there
   * @throws MailMemoryExhausted where other mails take the memory for it now
   */
  public RawMail raw() {
    if (raw == null) {
      raw = header.whole() == null ? source.fetch() : RawMail.of(header.whole());
    }
    return raw;
  }

  @Override
  public void close() {
    if (raw != null) {
      raw.close();
    }
  }

  /** Names ids only: what a mail says is nobody's but its reader's. */
  @Override
  public String toString() {
    return "mail " + uid() + " in " + context;
  }
}
