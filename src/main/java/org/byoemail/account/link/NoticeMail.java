package org.byoemail.account.link;

import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.UnsupportedEncodingException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.byoemail.account.connection.SmtpUtf8Addresses;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.ServerSettings.Auth;
import org.byoemail.format.mail.Ascii;

/**
 * The mail that informs the owner of a mailbox of what was connected, and how to undo it. It has no
 * link: mail scanners follow links, and undoing requires a sign-in at the provider.
 *
 * @param agent its name
 * @param gateway the gateway's public host name
 * @param byApplication whether an application opens the mailbox, and nobody signed in
 */
record NoticeMail(
    UUID id,
    Instant connectedAt,
    Account account,
    String agent,
    String gateway,
    boolean byApplication) {
  private static final String UTF_8 = "UTF-8";
  private static final DateTimeFormatter WHEN =
      DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  MimeMessage composed() throws MessagingException {
    String address = account.address().value();
    Session session = Ascii.isAll(address) ? null : SmtpUtf8Addresses.mailSession();
    MimeMessage mail = new MimeMessage(session);
    try {
      mail.setFrom(new InternetAddress(address, gateway + " (mail gateway)", UTF_8));
    } catch (UnsupportedEncodingException e) {
      throw new IllegalStateException("every Java platform has UTF-8", e);
    }
    mail.setRecipient(RecipientType.TO, new InternetAddress(address));
    mail.setSubject("Your mailbox was connected to " + gateway, UTF_8);
    mail.setSentDate(Date.from(connectedAt));
    mail.setText(text(), UTF_8);
    mail.setHeader("Auto-Submitted", "auto-generated");
    mail.setHeader(ConnectNoticeIds.HEADER, id.toString());
    mail.saveChanges();
    // Saving would replace it.
    mail.setHeader(
        "Message-ID",
        "<" + ConnectNoticeIds.MESSAGE_ID_PREFIX + id + "@" + account.address().domain() + ">");
    return mail;
  }

  private String text() {
    List<String> lines = new ArrayList<>();
    lines.add("The mailbox " + account.address().unquoted() + " was connected to a mail gateway.");
    lines.add("");
    lines.add("Gateway:       " + gateway);
    lines.add("Organization:  " + account.organization());
    lines.add("Agent:         " + agent);
    lines.add("When:          " + WHEN.format(connectedAt));
    lines.add("Signed in by:  " + signedInBy());
    lines.add("");
    lines.add("From now on, the agent can");
    if (account.settings().imap() != null) {
      lines.add(
          "- read the mail that arrives in "
              + String.join(", ", account.settings().folders())
              + ",");
    }
    lines.add("- send mail as " + account.address().unquoted() + ".");
    lines.add("");
    lines.add("If this was you, there is nothing to do.");
    lines.add("");
    lines.addAll(undoing());
    lines.add("");
    lines.add("From then on the gateway can no longer sign in. This mail has no link on");
    lines.add("purpose. The gateway does not show this mail to the agent.");
    return String.join("\r\n", lines) + "\r\n";
  }

  private String signedInBy() {
    if (byApplication) {
      return "nobody; an application of your organization opens the mailbox";
    }
    return isOAuth() ? "your provider's consent page" : "a password";
  }

  private List<String> undoing() {
    if (byApplication) {
      return List.of(
          "To undo it, ask the administrator of your mail provider to remove that",
          "application's access to this mailbox.");
    }
    List<String> lines = new ArrayList<>();
    lines.add("To undo it, sign in to the account at your mail provider, and");
    lines.addAll(
        isOAuth()
            ? List.of(
                "remove the access of this application there. The page is usually called",
                "\"Apps with access to your account\" or \"Third-party apps and services\".")
            : List.of(
                "delete the app password that was used, or change",
                "the password of the mailbox if that one was used.",
                "If you did not connect it, someone else knows that password: change it now."));
    return lines;
  }

  private boolean isOAuth() {
    return account.server(Protocol.SMTP).auth() == Auth.OAUTH2;
  }
}
