package org.byoemail.account.testmail;

import jakarta.mail.MessagingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.byoemail.account.connection.ConnectionFailed;
import org.byoemail.account.connection.ImapConnection;
import org.byoemail.account.connection.ImapConnections;
import org.byoemail.account.connection.ImapFolderName;
import org.byoemail.account.connection.ImapRefused;
import org.byoemail.account.connection.SelectResult;
import org.byoemail.account.connection.ServerTasks;
import org.byoemail.account.connection.TooManyTests;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Protocol;
import org.byoemail.format.mail.EmailAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Looks for a test mail in the folders of its account's mailbox, read-only: the watched ones first,
 * then the one for junk, then others. Where copies of sent mail are kept is left out. Takes
 * seconds; safe for use by many threads.
 */
@Component
public class TestMailSearch {
  private static final Logger log = LoggerFactory.getLogger(TestMailSearch.class);
  private static final Duration INTERVAL = Duration.ofSeconds(4);
  private static final Duration GOODBYE = Duration.ofSeconds(2);
  private static final int MAX_LISTED = 1000;
  private static final int MAX_SEARCHED = 20;
  private static final Set<String> LEFT_OUT =
      Set.of("\\noselect", "\\nonexistent", "\\sent", "\\drafts", "\\all");
  private static final Set<String> NAMES_LEFT_OUT =
      Set.of("sent", "sent items", "sent messages", "sent mail", "drafts", "all mail");

  private final TestMails mails;
  private final ImapConnections connections;
  private final ServerTasks serverTasks;

  TestMailSearch(TestMails mails, ImapConnections connections, ServerTasks serverTasks) {
    this.mails = mails;
    this.connections = connections;
    this.serverTasks = serverTasks;
  }

  /**
   * Looks for a mail that has not arrived yet, unless somebody did a moment ago. Failures are noted
   * with the mail.
   */
  public void look(Account account, TestMail mail) {
    if (mail.arrivedAt() != null || !mails.claimSearch(mail.id(), INTERVAL)) {
      return;
    }
    try {
      Optional<String> folder =
          serverTasks.visit(account, Protocol.IMAP, () -> search(account, mail));
      if (folder.isPresent()) {
        mails.arrived(Set.of(mail.id()), folder.get());
      } else {
        mails.searched(mail.id(), null);
      }
    } catch (ConnectionFailed | TooManyTests | SearchFailed e) {
      log.debug("A test mail could not be looked for", e);
      mails.searched(mail.id(), String.valueOf(e.getMessage()));
    }
  }

  private static final class SearchFailed extends RuntimeException {
    private static final long serialVersionUID = 1;

    SearchFailed(MessagingException cause) {
      super("the mailbox could not be searched: " + cause.getMessage(), cause);
    }
  }

  private Optional<String> search(Account account, TestMail mail) {
    try (ImapConnection connection = connections.open(account)) {
      Optional<String> found = search(connection, account, mail);
      connection.leave(GOODBYE);
      return found;
    } catch (MessagingException e) {
      throw new SearchFailed(e);
    }
  }

  private static Optional<String> search(ImapConnection connection, Account account, TestMail mail)
      throws MessagingException {
    for (String folder : order(account.settings().folders(), list(connection))) {
      if (isIn(connection, folder, account.address(), mail)) {
        return Optional.of(folder);
      }
    }
    return Optional.empty();
  }

  private static List<ImapFolderName> list(ImapConnection connection) throws MessagingException {
    boolean marked = connection.has("SPECIAL-USE") && connection.has("LIST-EXTENDED");
    List<ImapFolderName> names = new ArrayList<>();
    connection.send(
        marked ? "LIST \"\" \"*\" RETURN (SPECIAL-USE)" : "LIST \"\" \"*\"",
        said -> {
          if (names.size() < MAX_LISTED) {
            ImapFolderName.of(said).ifPresent(names::add);
          }
        });
    return names;
  }

  /** The folders to look in, the likely ones first. */
  static List<String> order(List<String> watched, List<ImapFolderName> listed) {
    List<ImapFolderName> usable =
        listed.stream()
            .filter(one -> LEFT_OUT.stream().noneMatch(one::is))
            .filter(one -> !NAMES_LEFT_OUT.contains(one.lastPart().toLowerCase(Locale.ROOT)))
            .toList();
    return Stream.of(
            watched.stream(),
            usable.stream().filter(one -> one.is("\\junk")).map(ImapFolderName::name),
            usable.stream().map(ImapFolderName::name))
        .flatMap(names -> names)
        .distinct()
        .limit(MAX_SEARCHED)
        .toList();
  }

  private static boolean isIn(
      ImapConnection connection, String folder, EmailAddress address, TestMail mail)
      throws MessagingException {
    String byHeader = "HEADER " + TestMail.HEADER + " " + SelectResult.quoted(mail.id().toString());
    String criteria =
        mail.message() == null
            ? byHeader
            : "OR %s HEADER Message-ID %s"
                .formatted(byHeader, SelectResult.quoted("<" + mail.message() + "@"));
    boolean[] found = new boolean[1];
    try {
      SelectResult.open(connection, folder, false);
      connection.send(
          "UID SEARCH " + criteria,
          said -> found[0] |= said.is("SEARCH") && said.text().strip().matches("\\d[\\d ]*"));
    } catch (ImapRefused e) {
      log.debug("A folder of {} cannot be searched for a test mail", address.domain(), e);
    }
    return found[0];
  }
}
