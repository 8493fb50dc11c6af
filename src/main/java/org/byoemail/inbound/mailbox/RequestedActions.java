package org.byoemail.inbound.mailbox;

import jakarta.mail.MessagingException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.byoemail.account.connection.ImapRefused;
import org.byoemail.inbound.mailbox.MailboxActionRows.Request;
import org.byoemail.inbound.mailbox.RemoteFolder.Refused;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does with mails what was requested, in the order of the requests. Each is done at least once: a
 * node that stops in between leaves it to the next one, for which a mail that is gone was moved or
 * deleted before.
 */
final class RequestedActions {
  private static final Logger log = LoggerFactory.getLogger(RequestedActions.class);
  private static final int MAX_REQUESTS = 100;
  private static final int MAX_TRIES = 5;
  private static final int MAX_WORDS = 500;
  private static final Set<String> PASSING = Set.of("INUSE", "UNAVAILABLE", "LIMIT");

  private final RemoteFolder folder;
  private final MailboxContext context;
  private final MailboxActionRows rows;

  RequestedActions(RemoteFolder folder, MailboxContext context, MailboxActionRows rows) {
    this.folder = folder;
    this.context = context;
    this.rows = rows;
  }

  /**
   * Does what was requested.
   *
   * @return whether more may be waiting
   * @throws MessagingException if the connection failed: the request is tried again
   * @throws LeaseLost if another node has taken the mailbox
   */
  boolean run(BooleanSupplier stopping) throws MessagingException {
    List<Request> requests = rows.waiting(context, MAX_REQUESTS);
    if (!requests.isEmpty() && !folder.isWritable()) {
      try {
        folder.makeWritable();
      } catch (Refused e) {
        if (!isPassing(e)) {
          requests.forEach(request -> rows.finish(context, request, words(e)));
        }
        return false;
      }
    }
    for (Request request : requests) {
      if (stopping.getAsBoolean()) {
        return true;
      }
      if (!perform(request)) {
        return false;
      }
    }
    return requests.size() == MAX_REQUESTS;
  }

  /** False if it waits for the next run, and with it those after it. */
  private boolean perform(Request request) throws MessagingException {
    String obstacle = obstacle(request);
    if (obstacle != null) {
      rows.finish(context, request, obstacle);
      return true;
    }
    rows.begin(context, request);
    try {
      boolean isPresent = folder.isPresent(request.uid());
      if (isPresent && request.tries() > 0 && isCopied(request)) {
        rows.finish(
            context,
            request,
            "the connection broke while the mail was copied: it may have been copied already");
      } else if (isPresent) {
        apply(request);
        rows.finish(context, request, null);
      } else {
        boolean isDone =
            request.kind() == MailboxAction.Kind.DELETE
                || request.kind().takesAway() && request.tries() > 0;
        rows.finish(context, request, isDone ? null : "the mail is no longer in the folder");
      }
    } catch (Refused e) {
      log.warn(
          "account {}: mailbox action {} ({}) refused by the server: {}",
          context.account().id(),
          request.id(),
          request.kind().word(),
          e.getMessage());
      if (isPassing(e) && !isCopied(request) && request.tries() + 1 < MAX_TRIES) {
        return false;
      }
      rows.finish(context, request, words(e));
    }
    return true;
  }

  /** Whether it copies the mail first: repeated, it would make another copy. */
  private boolean isCopied(Request request) {
    return request.kind() == MailboxAction.Kind.MOVE && !folder.movesAtOnce();
  }

  /** Whether the server may do later what it refuses now (RFC 5530). */
  private static boolean isPassing(Refused e) {
    return e.getCause() instanceof ImapRefused refused
        && PASSING.contains(refused.code().toUpperCase(Locale.ROOT));
  }

  private static String words(Refused e) {
    return shortened("the server refuses: " + e.getMessage());
  }

  private @Nullable String obstacle(Request request) {
    if (!request.isCurrent()) {
      return "the server has renumbered the folder (UIDVALIDITY)";
    }
    if (!folder.isWritable()) {
      return "the server opens the folder read-only";
    }
    return request.tries() < MAX_TRIES ? null : "the connection broke each time it was tried";
  }

  private void apply(Request request) throws MessagingException {
    long uid = request.uid();
    switch (request.kind()) {
      case MARK_READ -> folder.flag(uid, "\\Seen", true);
      case MARK_UNREAD -> folder.flag(uid, "\\Seen", false);
      case FLAG -> folder.flag(uid, "\\Flagged", true);
      case UNFLAG -> folder.flag(uid, "\\Flagged", false);
      case MOVE -> folder.move(List.of(uid), String.valueOf(request.folder()));
      case DELETE -> folder.delete(List.of(uid));
    }
  }

  /** What a server says, without what PostgreSQL cannot store. */
  private static String shortened(String words) {
    String line = words.replaceAll("\\p{Cntrl}", " ");
    return line.length() <= MAX_WORDS ? line : line.substring(0, MAX_WORDS) + "...";
  }
}
