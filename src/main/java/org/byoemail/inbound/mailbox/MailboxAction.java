package org.byoemail.inbound.mailbox;

import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something that is to be done with a mail in its mailbox.
 *
 * @param folder where a mail is moved to; null unless it is
 * @param finishedAt when it was done or had failed; null while it waits
 * @param error why it was not done; null unless it failed
 */
public record MailboxAction(
    UUID id,
    Kind kind,
    @Nullable String folder,
    Instant requestedAt,
    @Nullable Instant finishedAt,
    @Nullable String error) {

  /** What is done. */
  public enum Kind {
    /** Sets \\Seen. */
    MARK_READ,
    /** Removes \\Seen. */
    MARK_UNREAD,
    /** Sets \\Flagged. */
    FLAG,
    /** Removes \\Flagged. */
    UNFLAG,
    /** Moves the mail to a folder, which is created if absent. */
    MOVE,
    /** Deletes the mail and no other. */
    DELETE;

    /** The word of the contract and of the database, such as {@code mark_read}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The action with that word; empty if unknown. */
    public static Optional<Kind> of(String word) {
      return Arrays.stream(values()).filter(one -> one.word().equals(word)).findFirst();
    }

    /** Whether the mail has another UID, or none, afterwards. */
    boolean takesAway() {
      return this == MOVE || this == DELETE;
    }
  }

  /** {@code waiting}, {@code done} or {@code failed}. */
  public String status() {
    return error != null ? "failed" : finishedAt == null ? "waiting" : "done";
  }
}
