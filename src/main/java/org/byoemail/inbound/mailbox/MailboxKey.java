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

/** What makes a mailbox: a folder of a login at a host. */
record MailboxKey(String host, String login, String folder) {

  /** Where the account receives; empty where it does not. */
  static Optional<MailboxKey> of(Account account) {
    ServerSettings imap = account.settings().imap();
    if (imap == null) {
      return Optional.empty();
    }
    String folder = account.settings().folder();
    // The name of the inbox alone is the same in any case (RFC 3501 section 5.1).
    return Optional.of(
        new MailboxKey(
            imap.host(),
            imap.username() == null ? "" : imap.username(),
            folder.equalsIgnoreCase("INBOX") ? "INBOX" : folder));
  }

  /**
   * What is the same for the same place, however host and login were typed: SHA-256 of both in
   * lower case, the host as A-labels and without a dot at its end, and of the folder.
   */
  byte[] sha256() {
    String text = String.join("\n", ascii(host), lower(login), folder);
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Whether it is the same place, however it was typed. */
  boolean isSameAs(MailboxKey other) {
    return equals(other) || MessageDigest.isEqual(sha256(), other.sha256());
  }

  private static String ascii(String host) {
    String name = lower(host).replaceAll("\\.+$", "");
    try {
      return IDN.toASCII(name, IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT);
    } catch (IllegalArgumentException e) {
      // No name, such as an IPv6 address.
      return name;
    }
  }

  private static String lower(String text) {
    return Normalizer.normalize(text.strip(), Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
  }

  /** Leaves the login out, which is for no log. */
  @Override
  public String toString() {
    return folder + " at " + host;
  }
}
