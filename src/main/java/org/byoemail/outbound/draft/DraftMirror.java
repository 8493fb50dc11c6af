package org.byoemail.outbound.draft;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.byoemail.account.connection.ImapConnection;
import org.byoemail.account.connection.ImapConnections;
import org.byoemail.account.connection.ImapRefused;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.rollout.Rollout;
import org.byoemail.account.rollout.RolloutSide;
import org.byoemail.format.mail.AccountId;
import org.byoemail.outbound.draft.DraftCopies.Copy;
import org.byoemail.outbound.submission.SubmissionRejected;
import org.byoemail.platform.retry.ExponentialBackoff;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Mirrors drafts to the Drafts folders of the accounts that want it, one way only: what is changed
 * in a folder is not read. Called by routes; safe for use by many threads and nodes.
 */
@Component("draftMirror")
public class DraftMirror {
  private static final Logger log = LoggerFactory.getLogger(DraftMirror.class);
  private static final int MAX_ACCOUNTS = 50;
  private static final int MAX_DRAFTS = 10;
  private static final int MAX_TRIES = 10;
  private static final ExponentialBackoff BACKOFF =
      new ExponentialBackoff(Duration.ofMinutes(1), 3, Duration.ofHours(6), 0);

  private final DraftsFolders folders;
  private final DraftCopies copies;
  private final DraftMail mails;
  private final Accounts accounts;
  private final Rollout rollout;
  private final ImapConnections connections;
  private final MeterRegistry meters;

  DraftMirror(
      DraftsFolders folders,
      DraftCopies copies,
      DraftMail mails,
      Accounts accounts,
      Rollout rollout,
      ImapConnections connections,
      MeterRegistry meters) {
    this.folders = folders;
    this.copies = copies;
    this.mails = mails;
    this.accounts = accounts;
    this.rollout = rollout;
    this.connections = connections;
    this.meters = meters;
  }

  /** Accounts with drafts to store, replace or remove. */
  public List<AccountId> due() {
    return copies.accountsDue(MAX_ACCOUNTS);
  }

  /** Stores, replaces and removes the copies of some drafts of one account. */
  public void mirror(AccountId id) {
    Account account = accounts.find(id).orElse(null);
    if (account == null
        || account.isPaused()
        || account.needsReauthorization()
        || !rollout.isOn(id, RolloutSide.SENDING)) {
      return;
    }
    List<Copy> left = new ArrayList<>(copies.claim(id, MAX_DRAFTS));
    if (left.isEmpty()) {
      return;
    }
    try (ImapConnection connection = connections.open(account);
        DraftsFolderVisit visit = new DraftsFolderVisit(connection, folders.of(id).folder())) {
      while (!left.isEmpty()) {
        Copy copy = left.get(0);
        if (copies.renew(copy)) {
          mirror(visit, copy);
        }
        left.remove(0);
      }
    } catch (MessagingException | RuntimeException e) {
      log.warn(
          "account {}: cannot mirror {} drafts to the Drafts folder: {}",
          id,
          left.size(),
          e.getMessage());
      String words = String.valueOf(e.getMessage());
      left.forEach(copy -> failed(copy, words));
      copies.postponeAll(id, BACKOFF.delay(1), words);
    }
  }

  private void mirror(DraftsFolderVisit visit, Copy copy) throws MessagingException {
    if (copy.folder() != null && !copy.folder().equals(visit.folder())) {
      visit.remove(copy.draft(), copy.folder());
    }
    Draft draft = copies.wanted(copy).orElse(null);
    if (draft == null) {
      if (visit.remove(copy.draft(), visit.folder())) {
        count("removed");
      }
      copies.removed(copy);
      return;
    }
    MimeMessage mail;
    try {
      mail = mails.compose(draft);
    } catch (IllegalArgumentException | SubmissionRejected | MessagingException e) {
      log.error("cannot compose draft {}", copy.draft(), e);
      failed(copy, "it cannot be composed");
      return;
    }
    try {
      boolean stored = visit.store(draft.id(), draft.version(), draft.changedAt(), mail::writeTo);
      count(stored ? "appended" : "found");
      copies.stored(copy, visit.folder());
    } catch (ImapRefused e) {
      // Of this mail only, such as a quota or a size: the others go on.
      failed(copy, String.valueOf(e.getMessage()));
    }
  }

  private void failed(Copy copy, String error) {
    if (copy.tries() >= MAX_TRIES) {
      copies.giveUp(copy, error);
      count("given_up");
    } else {
      copies.postpone(copy, BACKOFF.delay(copy.tries()), error);
    }
  }

  private void count(String outcome) {
    meters.counter("byo.draft.copies", "outcome", outcome).increment();
  }
}
