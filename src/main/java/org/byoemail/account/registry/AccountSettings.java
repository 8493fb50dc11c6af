package org.byoemail.account.registry;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The settings of an account.
 *
 * @param smtp null if the account does not send
 * @param imap null if the account does not receive
 * @param folder the watched folder
 * @param pollInterval between two polls without IDLE; at least 30 s
 * @param idle whether IDLE is used if the server supports it
 * @param inbound how the mailbox is read
 */
public record AccountSettings(
    @Nullable String displayName,
    @Nullable ServerSettings smtp,
    @Nullable ServerSettings imap,
    String folder,
    Duration pollInterval,
    boolean idle,
    InboundOptions inbound) {
  /** Between two polls, unless set otherwise. */
  public static final Duration DEFAULT_POLL_INTERVAL = Duration.ofSeconds(120);

  /** The shortest allowed. */
  public static final Duration MIN_POLL_INTERVAL = Duration.ofSeconds(30);

  /** With the default inbound options. */
  public AccountSettings(
      @Nullable String displayName,
      @Nullable ServerSettings smtp,
      @Nullable ServerSettings imap,
      String folder,
      Duration pollInterval,
      boolean idle) {
    this(displayName, smtp, imap, folder, pollInterval, idle, InboundOptions.DEFAULT);
  }

  public AccountSettings {
    if (folder.isBlank()
        || folder.length() > 500
        || folder.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("folder must be the name of a mail folder");
    }
    if (pollInterval.compareTo(MIN_POLL_INTERVAL) < 0) {
      throw new IllegalArgumentException("pollInterval must be at least 30 seconds");
    }
    if (displayName != null && displayName.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("displayName has a control character");
    }
  }

  /** The settings of one side; null if absent. */
  public @Nullable ServerSettings side(Protocol protocol) {
    return protocol == Protocol.SMTP ? smtp : imap;
  }

  /**
   * The server, login and folder that identify a mailbox; settings that differ here mean another
   * one.
   */
  public boolean sameMailbox(AccountSettings other) {
    return Objects.equals(imap, other.imap) && folder.equals(other.folder);
  }
}
