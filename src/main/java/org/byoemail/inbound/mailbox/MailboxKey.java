package org.byoemail.inbound.mailbox;

import java.net.IDN;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.ServerSettings;

/** Identifies a mailbox: host, login and folder. */
record MailboxKey(String host, String login, String folder) {

  /** The key of the account's mailbox; empty if it does not receive. */
  static Optional<MailboxKey> of(Account account) {
    ServerSettings imap = account.settings().imap();
    if (imap == null) {
      return Optional.empty();
    }
    String folder = account.settings().folder();
    // INBOX alone is case-insensitive (RFC 9051 section 5.1).
    return Optional.of(
        new MailboxKey(
            imap.host(),
            imap.username() == null ? "" : imap.username(),
            folder.equalsIgnoreCase("INBOX") ? "INBOX" : folder));
  }

  /**
   * Equal for the same mailbox, however host and login were typed: SHA-256 of both in lower case,
   * the host as A-labels without a trailing dot, and of the folder.
   */
  byte[] sha256() {
    String text = String.join("\n", ascii(host), lower(login), folder);
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
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
