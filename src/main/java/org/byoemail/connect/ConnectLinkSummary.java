package org.byoemail.connect;

import java.util.ArrayList;
import java.util.List;
import org.byoemail.account.link.ConnectLink;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.ContactPolicy;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.operations.setup.MailboxConnection.LinkSubject;
import org.jspecify.annotations.Nullable;

/**
 * What every page of a link says: who gets the mailbox, and what they can do with it. The
 * operator's branding does not change it.
 *
 * @param mailbox the fixed or chosen address, for people; null: none yet
 * @param fixed whether the link allows that address only
 * @param mends whether an account is signed in again
 * @param application whether an application opens the mailbox, and nobody signs in
 * @param abilities what the agent can do with the mailbox
 */
public record ConnectLinkSummary(
    String gateway,
    String organization,
    String agent,
    @Nullable String mailbox,
    boolean fixed,
    boolean mends,
    boolean application,
    List<String> abilities) {

  static ConnectLinkSummary of(ConnectLink link, LinkSubject subject, String gateway) {
    EmailAddress mailbox = link.mailbox();
    Account account = link.mended() == null ? null : subject.account();
    return new ConnectLinkSummary(
        gateway,
        link.organization().value(),
        subject.agent().name(),
        mailbox == null ? null : mailbox.unquoted(),
        link.address() != null,
        link.mended() != null,
        link.application().isPresent(),
        abilities(subject.agent(), account));
  }

  private static List<String> abilities(Agent agent, @Nullable Account account) {
    List<String> abilities = new ArrayList<>();
    ContactPolicy policy = agent.contactPolicy();
    if (account == null || account.settings().imap() != null) {
      abilities.add(
          "read the mail that arrives in "
              + (account == null || account.settings().folders().equals(List.of("INBOX"))
                  ? "the inbox"
                  : String.join(", ", account.settings().folders()))
              + " from now on, "
              + switch (policy.inbound()) {
                case OPEN -> "from anyone";
                case KNOWN ->
                    "from its contacts and everyone it has written to; of other mail only"
                        + " sender and subject are recorded";
                case LISTED ->
                    "from its contacts only; of other mail only sender and subject are recorded";
              });
      abilities.add("mark, move or delete the mail that it has read, as its operator configures");
    }
    if (account == null || account.settings().smtp() != null) {
      abilities.add(
          "send mail from this address "
              + switch (policy.outbound()) {
                case OPEN -> "to anyone";
                case KNOWN -> "to its contacts and people it is in touch with";
                case LISTED -> "to its contacts";
              });
    }
    return abilities;
  }
}
