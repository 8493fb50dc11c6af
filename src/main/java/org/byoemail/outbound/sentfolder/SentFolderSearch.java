package org.byoemail.outbound.sentfolder;

import jakarta.mail.MessagingException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.byoemail.account.connection.ImapConnection;
import org.byoemail.account.connection.ImapConnections;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.rollout.Rollout;
import org.byoemail.account.rollout.RolloutSide;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.MessageId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.composition.AttemptHeader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Searches the Sent folders of accounts without changing them. Thread-safe. */
@Component
public class SentFolderSearch {
  private static final Logger log = LoggerFactory.getLogger(SentFolderSearch.class);

  private final SentFolders folders;
  private final Accounts accounts;
  private final Rollout rollout;
  private final ImapConnections connections;
  private final AttemptHeader attemptHeader;

  SentFolderSearch(
      SentFolders folders,
      Accounts accounts,
      Rollout rollout,
      ImapConnections connections,
      AttemptHeader attemptHeader) {
    this.folders = folders;
    this.accounts = accounts;
    this.rollout = rollout;
    this.connections = connections;
    this.attemptHeader = attemptHeader;
  }

  /**
   * A mail to look for.
   *
   * @param since the first day to search
   */
  public record SearchedMail(
      StoredMessageId message, MessageId messageId, AttemptId attempt, Instant since) {}

  /**
   * The result of a search.
   *
   * @param looked false if the search was not completed
   */
  public record SearchResult(Set<StoredMessageId> messages, boolean looked) {}

  /** Searches the Sent folder of an account. Blocks on its server. */
  public SearchResult find(AccountId id, List<SearchedMail> mails) {
    Account account = accounts.find(id).orElse(null);
    Set<StoredMessageId> found = new HashSet<>();
    if (account == null
        || account.settings().imap() == null
        || account.needsReauthorization()
        || !rollout.isOn(id, RolloutSide.SENDING)) {
      return new SearchResult(found, false);
    }
    try (ImapConnection connection = connections.open(account);
        SentFolder folder = new SentFolder(connection, folders.of(id).folder())) {
      for (SearchedMail mail : mails) {
        if (folder
            .find(mail.messageId(), attemptHeader.name(), mail.attempt().toString(), mail.since())
            .isPresent()) {
          found.add(mail.message());
        }
      }
      return new SearchResult(found, true);
    } catch (MessagingException | RuntimeException e) {
      log.warn("account {}: its Sent folder cannot be searched: {}", id, e.getMessage());
      return new SearchResult(found, false);
    }
  }
}
