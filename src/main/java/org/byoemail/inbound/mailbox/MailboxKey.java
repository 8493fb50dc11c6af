package org.byoemail.inbound.mailbox;

import java.net.IDN;
import java.security.MessageDigest;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountSettings;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.format.mail.Tokens;

/** Identifies a mailbox: host, login and folder. */
record MailboxKey(String host, String login, String folder) {

  /** The keys of the account's mailboxes, its first folder's first; none if it does not receive. */
  static List<MailboxKey> of(Account account) {
    ServerSettings imap = account.settings().imap();
    if (imap == null) {
      return List.of();
    }
    String login = imap.username() == null ? "" : imap.username();
    return account.settings().folders().stream()
        .map(folder -> new MailboxKey(imap.host(), login, AccountSettings.canonical(folder)))
        .toList();
  }

  /**
   * Equal for the same mailbox, however host and login were typed: SHA-256 of both in lower case,
   * the host as A-labels without a trailing dot, and of the folder.
   */
  byte[] sha256() {
    String text = String.join("\n", ascii(host), lower(login), folder);
    return Tokens.sha256(text);
  }

  /** Whether both are the same mailbox, however they were typed. */
  boolean isSameAs(MailboxKey other) {
    return equals(other) || MessageDigest.isEqual(sha256(), other.sha256());
  }

  private static String ascii(String host) {
    String name = lower(host).replaceAll("\\.+$", "");
    try {
      return IDN.toASCII(name, IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT);
    } catch (IllegalArgumentException e) {
      // Not a domain name, such as an IPv6 literal.
      return name;
    }
  }

  private static String lower(String text) {
    return Normalizer.normalize(text.strip(), Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
  }

  /** Leaves out the login, which must not be logged. */
  @Override
  public String toString() {
    return folder + " at " + host;
  }
}
