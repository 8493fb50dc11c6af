package org.byoemail.account.provider;

import java.util.List;
import java.util.Locale;
import org.byoemail.account.registry.Protocol;
import org.byoemail.format.authentication.ServerRule;
import org.byoemail.format.mail.EmailAddress;
import org.jspecify.annotations.Nullable;

/**
 * A mail provider.
 *
 * @param name identifies it, such as {@code gmail}
 * @param displayName as people know it
 * @param domains the domains of its addresses
 * @param mx the ends of the names of its mail exchangers, for domains of its customers
 * @param login what the user name is
 * @param signIn the ways to sign in, the recommended one first
 * @param notes what its users should know beforehand
 * @param hints what its refusals mean, the first match wins
 * @param receiving how its receiving server writes Authentication-Results (RFC 8601); null if
 *     unknown
 * @param source where the servers were read
 * @param read when (ISO 8601)
 * @param ownPage the provider's own documentation, where that could not be read; null: it is the
 *     source
 * @param compared another source that names the same servers; null: none
 * @param comparedOn when it was compared (ISO 8601); null: it was not
 */
public record Provider(
    String name,
    String displayName,
    List<String> domains,
    List<String> mx,
    MailServer smtp,
    MailServer imap,
    Login login,
    List<SignIn> signIn,
    List<String> notes,
    List<Hint> hints,
    @Nullable ServerRule receiving,
    String source,
    String read,
    @Nullable String ownPage,
    @Nullable String compared,
    @Nullable String comparedOn) {

  /** What the user name of a mailbox is. */
  public enum Login {
    /** The whole address. */
    ADDRESS,
    /** The part before the @ on both sides. */
    NAME,
    /** The part before the @ for IMAP, the whole address for SMTP. */
    NAME_FOR_IMAP;

    /** The word in the data file. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  public Provider {
    domains = List.copyOf(domains);
    mx = List.copyOf(mx);
    signIn = List.copyOf(signIn);
    notes = List.copyOf(notes);
    hints = List.copyOf(hints);
  }

  /** The server of one side. */
  public MailServer server(Protocol protocol) {
    return protocol == Protocol.SMTP ? smtp : imap;
  }

  /** The user name for that side. */
  public String username(EmailAddress address, Protocol protocol) {
    boolean name = login == Login.NAME || login == Login.NAME_FOR_IMAP && protocol == Protocol.IMAP;
    return name ? address.localPart() : address.value();
  }
}
