package org.byoemail.inbound.mailbox;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AfterIngest;
import org.byoemail.format.mail.MailboxId;
import org.byoemail.format.mime.MailHeaders;
import org.byoemail.format.mime.MailParser;
import org.jspecify.annotations.Nullable;

/**
 * A new mail on its way through the ingest route: its parsed header, and a handle on the rest.
 *
 * <p>It lives as long as the exchange of its {@link IncomingBatch}, is used by one thread at a
 * time, and fetches over the connection of its mailbox.
 */
public final class IncomingMail implements AutoCloseable {
  private static final MailParser PARSER = new MailParser();

  private final MailboxContext context;
  private final FetchedHeader header;
  private final PriorFailures priorFailures;
  private final RawSource source;
  private final MailHeaders headers;
  private @Nullable UUID quarantineId;
  private int rechecks;
  private QuarantinedMail.Again before = QuarantinedMail.Again.FIRST;
  private boolean fromJunk;
  private @Nullable String heldBecause;
  private boolean fatal;
  private boolean released;
  private @Nullable RawMail raw;
  private byte @Nullable [] fingerprint;
  private boolean exceedsMemory;

  /** Fetches the whole of one mail. */
  @FunctionalInterface
  public interface RawSource {
    /**
     * @throws FetchFailed if the server does not return the mail
     * @throws MailExpunged if the mail is no longer there
     */
    RawMail fetch();
  }

  /**
   * How often this mail has failed before.
   *
   * @param fetching how often the server did not return it
   * @param fetchingFor the time since the first of those failures; null if absent
   * @param processing how often its exchange failed for any other reason
   * @param alone whether the server returned other mails meanwhile, so that it is this mail alone
   *     that fails
   */
  public record PriorFailures(
      int fetching, @Nullable Duration fetchingFor, int processing, boolean alone) {
    /** No failure before. */
    public static final PriorFailures NONE = new PriorFailures(0, null, 0);

    private static final int FETCH_TRIES = 5;
    private static final Duration FETCH_PATIENCE = Duration.ofHours(1);
    private static final int FETCH_TRIES_ALONE = 3;
    private static final Duration FETCH_PATIENCE_ALONE = Duration.ofSeconds(50);

    /** Failures that other mails of the server share. */
    public PriorFailures(int fetching, @Nullable Duration fetchingFor, int processing) {
      this(fetching, fetchingFor, processing, false);
    }

    boolean isUnfetchable() {
      return fetchingFor != null
          && fetching >= (alone ? FETCH_TRIES_ALONE : FETCH_TRIES)
          && fetchingFor.compareTo(alone ? FETCH_PATIENCE_ALONE : FETCH_PATIENCE) >= 0;
    }
  }

  public IncomingMail(
      MailboxContext context, FetchedHeader header, PriorFailures priorFailures, RawSource source) {
    this.context = context;
    this.header = header;
    this.priorFailures = priorFailures;
    this.source = source;
    this.fromJunk = context.junk();
    this.headers = PARSER.parseHeader(header.header());
  }

  private IncomingMail(
      MailboxContext context, FetchedHeader header, QuarantinedMail quarantined, RawSource source) {
    this(context, header, PriorFailures.NONE, source);
    this.quarantineId = quarantined.id();
    this.rechecks = quarantined.rechecks();
    this.before = quarantined.again();
    this.fromJunk |= quarantined.fromJunk();
    this.heldBecause = quarantined.heldBecause();
  }

  /** A quarantined mail that was fetched again. */
  static IncomingMail refetched(
      MailboxContext context, FetchedHeader header, QuarantinedMail quarantined, RawSource source) {
    return new IncomingMail(context, header, quarantined, source);
  }

  /** The id of its row, if it is a quarantined mail that is retried. */
  public Optional<UUID> quarantineId() {
    return Optional.ofNullable(quarantineId);
  }

  /** Why it was held for review; null: for its sender, or it was not. */
  public @Nullable String heldBecause() {
    return heldBecause;
  }

  /** Whether it is in a folder in which its server files junk. */
  public boolean isFromJunk() {
    return fromJunk;
  }

  /** How often its sender was judged again without a verdict. */
  public int rechecks() {
    return rechecks;
  }

  /** The account that received it. */
  public Account account() {
    return context.account();
  }

  /** The id of the mailbox it is in. */
  public MailboxId mailbox() {
    return context.lease().mailbox();
  }

  FetchedHeader header() {
    return header;
  }

  /** Attaches bytes that were fetched ahead; closed with this. */
  void attachRaw(RawMail bytes) {
    close();
    raw = bytes;
  }

  /** The UIDVALIDITY of the folder. */
  public long uidValidity() {
    return context.uidValidity();
  }

  /** Generation of the UIDs of the folder: a UID identifies a mail within one epoch only. */
  public int epoch() {
    return context.epoch();
  }

  /** Its UID. */
  public long uid() {
    return header.uid();
  }

  /** EMAILID (RFC 8474) or X-GM-MSGID, which survives a change of UID; null if absent. */
  public @Nullable String emailId() {
    return header.emailId();
  }

  /** RFC822.SIZE, in bytes. */
  public long size() {
    return header.size();
  }

  /** INTERNALDATE; null if absent. */
  public @Nullable Instant receivedAt() {
    return header.receivedAt();
  }

  /** Its header. */
  public MailHeaders headers() {
    return headers;
  }

  /** Identifies the same mail in any mailbox; see {@link MailHeaders#fingerprint}. */
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

  /** What is done on the server once it was ingested. */
  public AfterIngest afterIngest() {
    return context.after();
  }

  /**
   * Whether its folder's UIDVALIDITY has changed and it is old enough to have been ingested before,
   * so that it may be a duplicate although it is not recognised.
   */
  public boolean isPossibleDuplicate() {
    ResyncWindow window = context.window();
    return window != null && window.isDoubtful(header);
  }

  /** How often its exchange has failed before, fetch failures not counted. */
  public int failures() {
    return priorFailures.processing();
  }

  /** Marks it as one that crashed a node each time it was read. */
  IncomingMail asFatal() {
    fatal = true;
    return this;
  }

  /** Whether it crashed a node each time it was read, so that it is quarantined unread. */
  public boolean isFatal() {
    return fatal;
  }

  /** Marks it as one that a person has let in. */
  IncomingMail asReleased() {
    released = true;
    return this;
  }

  /** Whether a person has let it in, now or before, so that no policy refuses or holds it. */
  public boolean isReleased() {
    return released || before.released();
  }

  /** Whether a person has let it in just now, and it was held for good rather than for now. */
  public boolean isReviewed() {
    return released && !before.waits();
  }

  /** How often a scanner that could be reached gave no result for it. */
  public int scanFailures() {
    return before.scanFailures();
  }

  void exceedsMemory(boolean beyondAll) {
    exceedsMemory = beyondAll;
  }

  /** Whether it exceeds the whole memory for reading, so that it is not read. */
  public boolean exceedsMemory() {
    return exceedsMemory;
  }

  /** Whether the server has failed to return it for so long that it is quarantined. */
  public boolean isUnfetchable() {
    return priorFailures.isUnfetchable();
  }

  /**
   * The whole mail, fetched at the first call without setting \Seen. Closed with this.
   *
   * @throws FetchFailed if the server does not return the mail
   * @throws MailExpunged if the mail is no longer there
   * @throws MailMemoryExhausted if other mails use the memory at present
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

  /** Ids only: the content of a mail must not be logged. */
  @Override
  public String toString() {
    return "mail " + uid() + " in " + context;
  }
}
