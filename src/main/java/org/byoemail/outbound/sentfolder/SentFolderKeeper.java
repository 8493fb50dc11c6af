package org.byoemail.outbound.sentfolder;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.byoemail.account.connection.ImapConnection;
import org.byoemail.account.connection.ImapConnections;
import org.byoemail.account.connection.ImapRefused;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.rollout.Rollout;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.MessageId;
import org.byoemail.outbound.composition.AttemptHeader;
import org.byoemail.outbound.composition.Composer;
import org.byoemail.outbound.sentfolder.SentCopies.Copy;
import org.byoemail.platform.conversation.Attachments;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.conversation.MessageIds;
import org.byoemail.platform.conversation.Messages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Puts copies of sent mails into the Sent folders of the accounts that want it. The mail itself is
 * never sent by this, and a copy that is there, the server's own included, is not put there again.
 * Called by routes; safe for use by many threads and nodes.
 */
@Component("sentFolder")
public class SentFolderKeeper {
  private static final Logger log = LoggerFactory.getLogger(SentFolderKeeper.class);
  private static final int ACCOUNTS = 50;
  private static final int COPIES = 10;
  private static final List<Duration> DELAYS =
      List.of(
          Duration.ofMinutes(1),
          Duration.ofMinutes(5),
          Duration.ofMinutes(30),
          Duration.ofHours(2),
          Duration.ofHours(6),
          Duration.ofHours(14));

  private final SentFolderSettings settings;
  private final SentFolders folders;
  private final SentCopies copies;
  private final Accounts accounts;
  private final Rollout rollout;
  private final ImapConnections connections;
  private final Messages messages;
  private final Attachments attachments;
  private final MessageIds messageIds;
  private final Composer composer;
  private final AttemptHeader attemptHeader;
  private final MeterRegistry meters;

  SentFolderKeeper(
      SentFolderSettings settings,
      SentFolders folders,
      SentCopies copies,
      Accounts accounts,
      Rollout rollout,
      ImapConnections connections,
      Messages messages,
      Attachments attachments,
      MessageIds messageIds,
      Composer composer,
      AttemptHeader attemptHeader,
      MeterRegistry meters) {
    this.settings = settings;
    this.folders = folders;
    this.copies = copies;
    this.accounts = accounts;
    this.rollout = rollout;
    this.connections = connections;
    this.messages = messages;
    this.attachments = attachments;
    this.messageIds = messageIds;
    this.composer = composer;
    this.attemptHeader = attemptHeader;
    this.meters = meters;
  }

  /**
   * Plans the copies of attempts that have ended, in the transaction that writes them down.
   *
   * @param by the accounts that some of them left by
   */
  public void plan(Set<AccountId> by, Collection<AttemptId> ended) {
    if (!by.isEmpty() && folders.wantedByAny(by)) {
      copies.plan(ended, settings.delay());
    }
  }

  /** Accounts with copies to store. */
  public List<AccountId> due() {
    return rollout.isOn() ? copies.accountsDue(ACCOUNTS) : List.of();
  }

  /** Stores some copies of one account. */
  public void keep(AccountId id) {
    Account account = accounts.find(id).orElse(null);
    if (account == null || account.isPaused() || !rollout.isOn(account)) {
      return;
    }
    List<Copy> claimed = copies.claim(id, COPIES);
    if (claimed.isEmpty()) {
      return;
    }
    List<Copy> left = new ArrayList<>(claimed);
    try (ImapConnection connection = connections.open(account)) {
      if (SentFolderVisit.isKept(connection)) {
        left.forEach(copies::done);
        return;
      }
      try (SentFolderVisit visit = new SentFolderVisit(connection, folders.of(id).folder())) {
        while (!left.isEmpty()) {
          keep(visit, left.get(0));
          left.remove(0);
        }
      }
    } catch (MessagingException | RuntimeException e) {
      log.warn(
          "account {}: cannot store {} copies in the Sent folder: {}",
          id,
          left.size(),
          e.getMessage());
      String words = String.valueOf(e.getMessage());
      left.forEach(copy -> failed(copy, words));
      copies.postponeAll(id, DELAYS.get(0));
    }
  }

  private void keep(SentFolderVisit visit, Copy copy) throws MessagingException {
    Message message = messages.find(copy.message()).orElse(null);
    if (message == null || message.messageId() == null || !copies.renew(copy)) {
      return;
    }
    Optional<MessageId> found =
        visit.find(
            message.messageId(), attemptHeader.name(), copy.attempt().toString(), copy.sentAt());
    if (found.isPresent()) {
      if (!found.get().equals(message.messageId())) {
        messageIds.learn(message.id(), found.get());
      }
      ended(copy, "found");
      return;
    }
    MimeMessage mail;
    try {
      mail = composer.composed(message, attachments.ofMessage(message.id()), copy.attempt());
    } catch (IllegalArgumentException | MessagingException e) {
      log.error("cannot compose the copy of message {}", copy.message(), e);
      failed(copy, "it cannot be composed");
      return;
    }
    try {
      visit.append(mail::writeTo, copy.sentAt(), settings.limit());
      ended(copy, "appended");
    } catch (ImapRefused e) {
      // Of this mail only, such as a quota or a size: the others go on.
      failed(copy, e.getMessage());
    }
  }

  private void ended(Copy copy, String how) {
    copies.done(copy);
    meters.counter("byo.sent.copies", "outcome", how).increment();
  }

  private void failed(Copy copy, String words) {
    if (copy.tries() > DELAYS.size()) {
      copies.giveUp(copy, words);
      meters.counter("byo.sent.copies", "outcome", "given_up").increment();
      return;
    }
    copies.postpone(copy, DELAYS.get(copy.tries() - 1), words);
  }
}
