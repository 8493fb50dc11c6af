package org.byoemail.account.link;

import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.byoemail.account.connection.GatewayMail;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.ServerSettings.Auth;
import org.byoemail.format.mail.NamedAddress;

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
  MimeMessage composed() throws MessagingException {
    NamedAddress from = new NamedAddress(gateway + " (mail gateway)", account.address());
    MimeMessage mail =
        new GatewayMail(
                from,
                account.address(),
                "Your mailbox was connected to " + gateway,
                text(),
                connectedAt)
            .composed(ConnectNoticeIds.MESSAGE_ID_PREFIX + id);
    mail.setHeader(ConnectNoticeIds.HEADER, id.toString());
    return mail;
  }

  private String text() {
    List<String> lines = new ArrayList<>();
    lines.add("The mailbox " + account.address().unquoted() + " was connected to a mail gateway.");
    lines.add("");
    lines.add("Gateway:       " + gateway);
    lines.add("Organization:  " + account.organization());
    lines.add("Agent:         " + agent);
    lines.add("When:          " + GatewayMail.time(connectedAt));
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
