package org.byoemail.account.registry;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The settings of an account.
 *
 * @param smtp null if the account does not send
 * @param imap null if the account does not receive
 * @param folders the watched folders, 1 to {@value #MAX_FOLDERS}, each once
 * @param pollInterval between two polls without IDLE; at least 30 s
 * @param idle whether IDLE is used if the server supports it
 * @param inbound how the mailbox is read
 */
public record AccountSettings(
    @Nullable String displayName,
    @Nullable ServerSettings smtp,
    @Nullable ServerSettings imap,
    List<String> folders,
    Duration pollInterval,
    boolean idle,
    InboundOptions inbound) {
  /** Between two polls, unless set otherwise. */
  public static final Duration DEFAULT_POLL_INTERVAL = Duration.ofSeconds(120);

  /** The most folders of an account: each takes a connection of its own. */
  public static final int MAX_FOLDERS = 10;

  /** The shortest allowed. */
  public static final Duration MIN_POLL_INTERVAL = Duration.ofSeconds(30);

  /** With one folder. */
  public AccountSettings(
      @Nullable String displayName,
      @Nullable ServerSettings smtp,
      @Nullable ServerSettings imap,
      String folder,
      Duration pollInterval,
      boolean idle,
      InboundOptions inbound) {
    this(displayName, smtp, imap, List.of(folder), pollInterval, idle, inbound);
  }

  /** With one folder and the default inbound options. */
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
    folders = List.copyOf(folders);
    if (folders.isEmpty() || folders.size() > MAX_FOLDERS) {
      throw new IllegalArgumentException("must be 1 to " + MAX_FOLDERS + " folders");
    }
    Set<String> names = new HashSet<>();
    for (String folder : folders) {
      if (folder.isBlank()
          || folder.length() > 500
          || folder.chars().anyMatch(Character::isISOControl)) {
        throw new IllegalArgumentException("must be the name of a mail folder");
      }
      if (!names.add(canonical(folder))) {
        throw new IllegalArgumentException("must name each folder once");
      }
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

  /** The first folder. */
  public String folder() {
    return folders.get(0);
  }

  /** The folders after the first. */
  public List<String> furtherFolders() {
    return folders.subList(1, folders.size());
  }

  /** Whether several folders are watched. */
  public boolean hasSeveralFolders() {
    return folders.size() > 1;
  }

  /** The name by which a folder is compared: INBOX alone ignores case (RFC 9051 section 5.1). */
  public static String canonical(String folder) {
    return folder.equalsIgnoreCase("INBOX") ? "INBOX" : folder;
  }

  /**
   * These settings, with secrets that were only resealed meanwhile as they are sealed now. To be
   * called where the version shows that nothing else has changed.
   *
   * @param read the stored settings that these were made from
   * @param now the stored settings
   */
  public AccountSettings resealed(AccountSettings read, AccountSettings now) {
    return new AccountSettings(
        displayName,
        resealed(smtp, read.smtp, now.smtp),
        resealed(imap, read.imap, now.imap),
        folders,
        pollInterval,
        idle,
        inbound);
  }

  private static @Nullable ServerSettings resealed(
      @Nullable ServerSettings changed,
      @Nullable ServerSettings read,
      @Nullable ServerSettings now) {
    boolean kept =
        changed != null
            && read != null
            && now != null
            && Objects.equals(changed.secret(), read.secret());
    return kept ? changed.withSecret(now.secret()) : changed;
  }

  /**
   * Whether a test of these settings holds for the others too: the same server and login, and no
   * further folder.
   */
  public boolean sameMailbox(AccountSettings other) {
    return Objects.equals(imap, other.imap)
        && folders.stream()
            .map(AccountSettings::canonical)
            .toList()
            .containsAll(other.folders.stream().map(AccountSettings::canonical).toList());
  }
}
