package org.byoemail.account.link;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was found out about the servers of an address, to be confirmed by its owner.
 *
 * @param provider name of the provider, for people; null: unknown
 * @param oauth name of the OAuth provider that the mailbox may sign in at; null: none is known
 * @param password whether a password is of use; false: the provider takes OAuth only
 * @param steps how to create an app password at this provider, in order
 * @param helpUrl the provider's page for that; null: none
 * @param notes what the owner should know beforehand
 */
public record MailboxProposal(
    @Nullable Server smtp,
    @Nullable Server imap,
    @Nullable String provider,
    @Nullable String oauth,
    boolean password,
    List<String> steps,
    @Nullable String helpUrl,
    List<String> notes) {
  /** Nothing is known: the owner types the servers. */
  public static final MailboxProposal UNKNOWN =
      new MailboxProposal(null, null, null, null, true, List.of(), null, List.of());

  /**
   * A server.
   *
   * @param security ssl, starttls or none
   * @param username of the login; null: the address
   */
  public record Server(String host, int port, String security, @Nullable String username) {}

  public MailboxProposal {
    steps = List.copyOf(steps);
    notes = List.copyOf(notes);
  }
}
