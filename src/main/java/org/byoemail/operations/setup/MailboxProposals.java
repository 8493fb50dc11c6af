package org.byoemail.operations.setup;

import java.util.List;
import java.util.Optional;
import org.byoemail.account.discovery.Discovery;
import org.byoemail.account.discovery.Proposal;
import org.byoemail.account.link.MailboxProposal;
import org.byoemail.account.provider.SignIn;
import org.byoemail.account.provider.SignIn.Way;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What the page of a connect link proposes for an address. Safe for use by many threads. */
@Component
public class MailboxProposals {
  private final Discovery discovery;

  MailboxProposals(Discovery discovery) {
    this.discovery = discovery;
  }

  /**
   * The likeliest settings of an address; {@link MailboxProposal#UNKNOWN} if none are found. Takes
   * seconds.
   *
   * @throws org.byoemail.account.connection.TooManyTests if too many searches are running
   */
  public MailboxProposal of(EmailAddress address, OrganizationId organization) {
    return discovery.of(address, organization).proposals().stream()
        .findFirst()
        .map(MailboxProposals::of)
        .orElse(MailboxProposal.UNKNOWN);
  }

  private static MailboxProposal of(Proposal found) {
    Optional<SignIn> password =
        found.signIn().stream()
            .filter(one -> one.way() == Way.PASSWORD || one.way() == Way.APP_PASSWORD)
            .findFirst();
    String oauth =
        found.signIn().stream()
            .filter(one -> one.way() == Way.OAUTH && one.oauthProvider() != null)
            .map(SignIn::oauthProvider)
            .findFirst()
            .orElse(null);
    return new MailboxProposal(
        server(found.smtp()),
        server(found.imap()),
        found.displayName(),
        oauth,
        password.isPresent(),
        password.map(SignIn::steps).orElseGet(List::of),
        password.map(SignIn::url).orElse(null),
        found.notes().stream().distinct().toList());
  }

  private static MailboxProposal.@Nullable Server server(Proposal.@Nullable Server found) {
    return found == null
        ? null
        : new MailboxProposal.Server(
            found.host(), found.port(), found.security().word(), found.username());
  }
}
