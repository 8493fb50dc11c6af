package org.byoemail.inbound.ingest;

import java.util.List;
import org.byoemail.account.registry.Account;
import org.byoemail.format.report.Classification;
import org.byoemail.inbound.mailbox.IncomingBatch;
import org.byoemail.inbound.mailbox.IncomingMail;

/** The mails of a {@link IncomingBatch} on their way in. */
public final class IngestBatch {
  private final IncomingBatch mails;
  private final List<IngestItem> all;

  IngestBatch(IncomingBatch mails) {
    this.mails = mails;
    this.all = mails.mails().stream().map(IngestItem::new).toList();
  }

  /** The mails as they lie in their mailbox. */
  public IncomingBatch mails() {
    return mails;
  }

  /** The account that received them. */
  public Account account() {
    return mails.account();
  }

  /** Whether it is one mail that was put aside and is tried again. */
  boolean isRetry() {
    return first().quarantineId().isPresent();
  }

  /** All, in their order. */
  public List<IngestItem> all() {
    return all;
  }

  /** The mails that have to be read as a whole. */
  public List<IngestItem> toRead() {
    return all.stream().filter(one -> one.decision().reads()).toList();
  }

  /** The reports and receipts among those that were recorded just now. */
  public List<IngestItem> reports() {
    return all.stream()
        .filter(
            one ->
                one.isRecorded()
                    && (one.becomes(InboundStatus.REPORT)
                        || one.becomes(InboundStatus.INGESTED) && one.isReceipt()))
        .toList();
  }

  /** Their classifications, in the same order. */
  public List<Classification> classifications() {
    return reports().stream().map(IngestItem::classification).toList();
  }

  List<IngestItem> recorded(InboundStatus status) {
    return all.stream().filter(one -> one.isRecorded() && one.becomes(status)).toList();
  }

  /** For what all of them share. */
  IncomingMail first() {
    return all.get(0).mail();
  }

  /** Names ids only. */
  @Override
  public String toString() {
    return mails.toString();
  }
}
