package org.byoemail.operations.setup;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.byoemail.format.mail.StoredMessageId;
import org.jspecify.annotations.Nullable;

/**
 * How far a test mail has got.
 *
 * @param message the outbound message; null: it was not accepted
 * @param folder the folder of the mailbox that it was seen in; null: not seen yet
 * @param delay from its acceptance by the SMTP server until it was seen; null: not seen yet
 * @param steps submitted, accepted and arrived, in this order
 */
public record RoundTrip(
    UUID id,
    String recipient,
    @Nullable StoredMessageId message,
    Status status,
    @Nullable String folder,
    @Nullable Duration delay,
    List<Step> steps) {

  /** How far it is as a whole. */
  public enum Status {
    /** Waits for the SMTP server. */
    SUBMITTED,
    /** The SMTP server has accepted it; it was not seen in the mailbox yet. */
    ACCEPTED,
    /** It was seen in the mailbox. */
    ARRIVED,
    /** It will not arrive. */
    FAILED;

    /** The word of the API and the console. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How far one step is. */
  public enum StepState {
    DONE,
    WAITING,
    FAILED;

    /** The word of the API and the console. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One step.
   *
   * @param name submitted, accepted or arrived
   * @param at when it was done; null: it was not
   * @param detail what is known of it, such as the server's words
   */
  public record Step(String name, StepState state, @Nullable Instant at, String detail) {}

  /** Whether the test has ended. */
  public boolean isOver() {
    return status == Status.ARRIVED || status == Status.FAILED;
  }
}
