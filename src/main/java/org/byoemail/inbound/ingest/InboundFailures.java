package org.byoemail.inbound.ingest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.byoemail.inbound.mailbox.FetchFailed;
import org.byoemail.inbound.mailbox.LeaseLost;
import org.byoemail.inbound.mailbox.MailExpunged;
import org.byoemail.inbound.mailbox.MailMemoryExhausted;
import org.byoemail.platform.hook.HookFailed;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Decides whether a failed ingest is the fault of the mail, the server or the gateway. A mail at
 * fault is quarantined, so that the next one is read; otherwise it stays where it is. An
 * unrecognised failure is retried a few times before the mail is blamed.
 */
@Component("inboundFailures")
public class InboundFailures {
  private static final int MAX_UNKNOWN_FAILURES = 5;

  /** Data exceptions, and limits of the program such as that on the size of an index entry. */
  private static final Set<String> DATA_CLASSES = Set.of("22", "54");

  /** NOT NULL and CHECK. */
  private static final Set<String> DATA_STATES = Set.of("23502", "23514");

  /** Whether the only mail of a batch is to be quarantined. */
  public boolean isOfTheOnlyMail(Throwable failure, IngestBatch batch) {
    return batch.all().size() == 1 && isOfTheMail(failure, batch.all().get(0));
  }

  /** Whether the mail is to be quarantined. */
  public boolean isOfTheMail(Throwable failure, IngestItem item) {
    List<Throwable> causes = causes(failure);
    if (has(causes, LeaseLost.class)
        || has(causes, FetchFailed.class)
        || has(causes, MailMemoryExhausted.class)
        || has(causes, MailExpunged.class)
        || has(causes, HookFailed.class)) {
      return false;
    }
    if (has(causes, UnreadableMail.class)
        || has(causes, StackOverflowError.class)
        || causes.stream().anyMatch(InboundFailures::isOfData)) {
      return true;
    }
    boolean ours =
        has(causes, SQLException.class)
            || has(causes, DataAccessException.class)
            || has(causes, TransactionException.class)
            || has(causes, IOException.class)
            || has(causes, UncheckedIOException.class)
            || has(causes, VirtualMachineError.class)
            || isOfRoutes(causes.get(causes.size() - 1));
    return !ours && item.mail().failures() >= MAX_UNKNOWN_FAILURES - 1;
  }

  /** Has the only mail of a batch quarantined. */
  public void putOnlyAside(IngestBatch batch, Throwable failure) {
    putAside(batch.all().get(0), failure);
  }

  /** Has a mail quarantined. */
  public void putAside(IngestItem item, Throwable failure) {
    List<Throwable> causes = causes(failure);
    Throwable root = causes.get(causes.size() - 1);
    String words = root.getMessage() == null ? "" : ": " + root.getMessage();
    item.decide(IngestDecision.quarantine(root.getClass().getSimpleName() + words));
  }

  private static boolean isOfData(Throwable cause) {
    if (!(cause instanceof SQLException sql) || sql.getSQLState() == null) {
      return false;
    }
    String state = sql.getSQLState();
    return DATA_STATES.contains(state)
        || state.length() == 5 && DATA_CLASSES.contains(state.substring(0, 2));
  }

  /** A route that was edited badly says so by an exception of Camel's own. */
  private static boolean isOfRoutes(Throwable root) {
    return root.getClass().getName().startsWith("org.apache.camel.");
  }

  private static boolean has(List<Throwable> causes, Class<? extends Throwable> type) {
    return causes.stream().anyMatch(type::isInstance);
  }

  private static List<Throwable> causes(Throwable failure) {
    List<Throwable> causes = new ArrayList<>();
    for (Throwable cause = failure;
        cause != null && !causes.contains(cause);
        cause = cause.getCause()) {
      causes.add(cause);
    }
    return causes;
  }
}
