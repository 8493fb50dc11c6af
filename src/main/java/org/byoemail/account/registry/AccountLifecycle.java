package org.byoemail.account.registry;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where an account is in its life, and which steps lead on from there. It refuses what the
 * constraints and triggers of V066 refuse, with a reason for the caller. Immutable.
 *
 * @param needsReauthorization whether its owner must consent again (OAuth 2.0) before it is used
 */
public record AccountLifecycle(Side smtp, Side imap, boolean paused, boolean needsReauthorization) {

  /** How far one side of an account is. */
  public enum Side {
    /** It has no settings. */
    ABSENT,
    /** Its settings have not passed their test. */
    UNTESTED,
    /** They have; the side is not used. */
    TESTED,
    /** The side is used unless the account is paused. */
    ENABLED
  }

  /** The life of an account as it is stored. */
  static AccountLifecycle of(Account account) {
    return new AccountLifecycle(
        side(
            account.settings().smtp(), account.smtpVerifiedAt() != null, account.outboundEnabled()),
        side(account.settings().imap(), account.imapVerifiedAt() != null, account.inboundEnabled()),
        account.isPaused(),
        account.needsReauthorization());
  }

  private static Side side(@Nullable ServerSettings server, boolean verified, boolean enabled) {
    if (server == null) {
      return Side.ABSENT;
    }
    if (!verified) {
      return Side.UNTESTED;
    }
    return enabled ? Side.ENABLED : Side.TESTED;
  }

  /** How far that side is. */
  public Side side(Protocol protocol) {
    return protocol == Protocol.SMTP ? smtp : imap;
  }

  /**
   * Before the settings of a side are tested.
   *
   * @throws StepRefused if it has none
   */
  public void requireTest(Protocol protocol) {
    if (side(protocol) == Side.ABSENT) {
      throw absent(protocol);
    }
  }

  /**
   * Before a side is enabled; one that is enabled may be enabled again.
   *
   * @throws StepRefused unless its present settings have passed their test
   */
  public void requireEnable(Protocol protocol) {
    switch (side(protocol)) {
      case ABSENT -> throw absent(protocol);
      case UNTESTED ->
          throw new StepRefused(
              "the " + upper(protocol) + " settings have not passed their test",
              "call test-" + protocol.word() + " first");
      case TESTED, ENABLED -> {}
    }
  }

  /**
   * Before it is paused.
   *
   * @throws StepRefused if it is paused already
   */
  public void requirePause() {
    if (paused) {
      throw new StepRefused("the account is paused already", "resume it to use it again");
    }
  }

  /**
   * Before it is resumed.
   *
   * @param waiting whether something of it waits, by a backoff or for a limit, which resuming ends
   * @throws StepRefused if it is neither paused nor waiting
   */
  public void requireResume(boolean waiting) {
    if (!paused && !waiting) {
      throw new StepRefused(
          "the account is not paused, and nothing of it waits",
          "enable a side that is disabled; there is nothing else to resume");
    }
  }

  /**
   * Before its mailbox is looked at for new mail.
   *
   * @throws StepRefused if it does not receive
   */
  public void requirePoll() {
    requireInUse(Protocol.IMAP);
  }

  /**
   * Before it sends a test mail.
   *
   * @throws StepRefused if it does not send
   */
  public void requireTestMail() {
    requireInUse(Protocol.SMTP);
  }

  private void requireInUse(Protocol protocol) {
    if (needsReauthorization) {
      throw new StepRefused(
          "the account needs reauthorization", "its owner must consent again first");
    }
    requireEnable(protocol);
    boolean smtp = protocol == Protocol.SMTP;
    if (side(protocol) != Side.ENABLED) {
      throw new StepRefused(
          (smtp ? "outbound" : "inbound") + " is not enabled",
          "set " + (smtp ? "outboundEnabled" : "inboundEnabled") + " to true first");
    }
    if (paused) {
      throw new StepRefused("the account is paused", "resume it first");
    }
  }

  /** The summary that the API and the console show. */
  public AccountStatus status(AccountHealth smtpHealth, AccountHealth imapHealth) {
    if (paused) {
      return AccountStatus.PAUSED;
    }
    if (needsReauthorization) {
      return AccountStatus.NEEDS_REAUTHORIZATION;
    }
    if (smtp != Side.ENABLED && imap != Side.ENABLED) {
      return AccountStatus.DISABLED;
    }
    boolean failing =
        smtp == Side.ENABLED && smtpHealth.error() != null
            || imap == Side.ENABLED && imapHealth.error() != null;
    return failing ? AccountStatus.ERROR : AccountStatus.ACTIVE;
  }

  private static StepRefused absent(Protocol protocol) {
    return new StepRefused(
        "the account has no " + upper(protocol) + " settings",
        "set " + protocol.word() + " first, then call test-" + protocol.word());
  }

  private static String upper(Protocol protocol) {
    return protocol.word().toUpperCase(Locale.ROOT);
  }
}
