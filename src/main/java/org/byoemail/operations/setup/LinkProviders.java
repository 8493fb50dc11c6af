package org.byoemail.operations.setup;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.byoemail.account.link.ConnectLink;
import org.byoemail.account.link.MailboxProposal;
import org.byoemail.account.oauth.GrantType;
import org.byoemail.account.oauth.MailHost;
import org.byoemail.account.oauth.OAuthClient;
import org.byoemail.account.oauth.OAuthClients;
import org.byoemail.account.oauth.OAuthGrant;
import org.byoemail.account.oauth.OAuthGrants;
import org.byoemail.account.oauth.OAuthProvider;
import org.byoemail.account.oauth.OAuthProviders;
import org.byoemail.account.registry.Account;
import org.byoemail.operations.setup.MailboxConnection.LinkSubject;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * At which OAuth providers the holder of a connect link may sign in, or by which application's
 * access the link connects its address. Safe for use by many threads.
 */
@Component
public class LinkProviders {
  private static final String OAUTH2 = "oauth2";

  private final OAuthProviders providers;
  private final OAuthClients clients;
  private final OAuthGrants grants;

  LinkProviders(OAuthProviders providers, OAuthClients clients, OAuthGrants grants) {
    this.providers = providers;
    this.clients = clients;
    this.grants = grants;
  }

  /**
   * A provider with what it takes to sign in there.
   *
   * @param client of the organisation, or the operator's
   * @param draft of the new account; null: an account is signed in again and stays as it is
   */
  public record Offer(OAuthProvider provider, OAuthClient client, @Nullable AccountDraft draft) {}

  /**
   * The access that the maker of the link has named; the client is the organisation's own. Empty if
   * the link names none, or that client is gone, or the mailbox is not on the provider's servers.
   */
  public Optional<Offer> application(ConnectLink link) {
    return link.application()
        .flatMap(
            named ->
                providers
                    .find(named.provider())
                    .flatMap(
                        provider ->
                            clients
                                .of(link.organization(), provider.name(), kind(named))
                                .filter(client -> !client.kind().isPersonal())
                                .flatMap(client -> offer(link, provider, client))));
  }

  private static GrantType kind(ConnectLink.Application named) {
    return GrantType.of(named.kind());
  }

  private static Optional<Offer> offer(
      ConnectLink link, OAuthProvider provider, OAuthClient client) {
    AccountDraft draft = draft(provider, link.progress().proposal(), client.kind());
    return Optional.ofNullable(draft).map(found -> new Offer(provider, client, found));
  }

  /** The offers; empty if no provider is known for the mailbox, or none has a client. */
  public List<Offer> of(ConnectLink link, LinkSubject subject) {
    if (link.mended() != null) {
      return subject.account() == null
          ? List.of()
          : grant(subject.account())
              .flatMap(grant -> providers.find(grant.provider()))
              .flatMap(provider -> client(link, provider).map(c -> new Offer(provider, c, null)))
              .stream()
              .toList();
    }
    return wanted(link)
        .flatMap(
            provider ->
                client(link, provider).flatMap(client -> offer(link, provider, client)).stream())
        .toList();
  }

  /** The grant of an account that a person consented to. */
  Optional<OAuthGrant> grant(Account account) {
    return MailboxConnection.isByToken(account)
        ? grants.find(account.id()).filter(grant -> grant.kind() == GrantType.AUTHORIZATION_CODE)
        : Optional.empty();
  }

  private Optional<OAuthClient> client(ConnectLink link, OAuthProvider provider) {
    return clients.of(link.organization(), provider.name());
  }

  private Stream<OAuthProvider> wanted(ConnectLink link) {
    MailboxProposal proposal = link.progress().proposal();
    String known = proposal == null ? null : proposal.oauth();
    return providers.all().stream()
        .filter(provider -> link.allows(provider.name()))
        .filter(
            provider -> known == null || !link.signIn().isEmpty() || known.equals(provider.name()));
  }

  /** With the provider's servers, or the proposed ones if it owns them; null: with neither. */
  private static @Nullable AccountDraft draft(
      OAuthProvider provider, @Nullable MailboxProposal proposal, GrantType kind) {
    ServerDraft smtp = server(provider, provider.smtp(), proposal == null ? null : proposal.smtp());
    ServerDraft imap = server(provider, provider.imap(), proposal == null ? null : proposal.imap());
    boolean ofOther =
        proposal != null
            && proposal.imap() != null
            && proposal.oauth() == null
            && !provider.allows(proposal.imap().host());
    return smtp == null || imap == null || ofOther
        ? null
        : new AccountDraft(null, smtp, imap)
            .withOAuth(new OAuthDraft(provider.name(), kind.word(), null));
  }

  private static @Nullable ServerDraft server(
      OAuthProvider provider,
      @Nullable MailHost preset,
      MailboxProposal.@Nullable Server proposed) {
    if (preset != null) {
      return new ServerDraft(
          preset.host(), preset.port(), preset.security().word(), OAUTH2, null, null);
    }
    return proposed == null || !provider.allows(proposed.host())
        ? null
        : new ServerDraft(
            proposed.host(), proposed.port(), proposed.security(), OAUTH2, null, null);
  }
}
