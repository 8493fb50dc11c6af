package org.byoemail.inbound.ingest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.byoemail.inbound.mailbox.FetchFailed;
import org.byoemail.inbound.mailbox.LeaseLost;
import org.byoemail.inbound.mailbox.MailGone;
import org.byoemail.inbound.mailbox.MailMemoryExhausted;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Tells whose trouble it is that a mail was not dealt with. The mail's own is quarantined, so that
 * the next one is read; ours, and the server's, leave it where it is. What is not recognised is
 * tried again a few times before the mail is blamed.
 */
@Component("inboundFailures")
public class InboundFailures {
  private static final int TRIES_OF_THE_UNKNOWN = 5;

  /** Data exceptions, and limits of the program such as that on the size of an index entry. */
  private static final Set<String> CLASSES_OF_DATA = Set.of("22", "54");

  /** NOT NULL and CHECK. */
  private static final Set<String> STATES_OF_DATA = Set.of("23502", "23514");

  /** Whether the mail that stands alone in its batch is to be put aside. */
  public boolean isOfTheOnlyMail(Throwable failure, IngestBatch batch) {
    return batch.all().size() == 1 && isOfTheMail(failure, batch.all().get(0));
  }

  /** Whether the mail is to be put aside. */
  public boolean isOfTheMail(Throwable failure, IngestItem item) {
    List<Throwable> causes = causes(failure);
    if (has(causes, LeaseLost.class)
        || has(causes, FetchFailed.class)
        || has(causes, MailMemoryExhausted.class)
        || has(causes, MailGone.class)) {
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
    return !ours && item.mail().failures() >= TRIES_OF_THE_UNKNOWN - 1;
  }

  /** Has the only mail of a batch put aside. */
  public void putOnlyAside(IngestBatch batch, Throwable failure) {
    putAside(batch.all().get(0), failure);
  }

  /** Has a mail put aside. */
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
    return STATES_OF_DATA.contains(state)
        || state.length() == 5 && CLASSES_OF_DATA.contains(state.substring(0, 2));
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
