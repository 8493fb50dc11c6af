package org.byoemail.operations.setup;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.byoemail.account.connection.TestListener;
import org.byoemail.account.link.ConnectLink;
import org.byoemail.account.link.ConnectLinkClosed;
import org.byoemail.account.oauth.AuthorizationPurpose;
import org.byoemail.account.oauth.AuthorizationRequest;
import org.byoemail.account.oauth.AuthorizationRequests;
import org.byoemail.account.oauth.AuthorizationSubject;
import org.byoemail.account.oauth.BegunAuthorization;
import org.byoemail.account.oauth.OAuthGrant;
import org.byoemail.account.oauth.OAuthGrants;
import org.byoemail.account.oauth.TokenSet;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.StateConflict;
import org.byoemail.operations.setup.LinkProviders.Offer;
import org.byoemail.operations.setup.MailboxConnection.LinkSubject;
import org.byoemail.operations.setup.MailboxConnection.Result;
import org.byoemail.operations.setup.MailboxConnection.TestedSide;
import org.byoemail.platform.audit.AuditActor;
import org.byoemail.platform.audit.AuditLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;

/**
 * Sign-ins of the holders of connect links at OAuth providers. A token proves nothing until it has
 * opened the mailbox. Safe for use by many threads and nodes.
 */
@Service
public class LinkSignIns {
  private static final Logger log = LoggerFactory.getLogger(LinkSignIns.class);

  private final LinkProviders providers;
  private final AuthorizationRequests requests;
  private final OAuthGrants grants;
  private final GrantProof proof;
  private final NewAccountTests candidates;
  private final LinkedAccounts linked;
  private final AuditLog audit;

  LinkSignIns(
      LinkProviders providers,
      AuthorizationRequests requests,
      OAuthGrants grants,
      GrantProof proof,
      NewAccountTests candidates,
      LinkedAccounts linked,
      AuditLog audit) {
    this.providers = providers;
    this.requests = requests;
    this.grants = grants;
    this.proof = proof;
    this.candidates = candidates;
    this.linked = linked;
    this.audit = audit;
  }

  /** The offer of that provider. */
  public Optional<Offer> offer(ConnectLink link, LinkSubject subject, String provider) {
    return providers.of(link, subject).stream()
        .filter(one -> one.provider().name().equals(provider))
        .findFirst();
  }

  /**
   * Begins a sign-in.
   *
   * @throws org.byoemail.account.oauth.OAuthFailed if the provider's discovery fails
   */
  public BegunAuthorization begin(
      ConnectLink link, LinkSubject subject, EmailAddress address, Offer offer) {
    Optional<OAuthGrant> grant =
        link.mended() == null ? Optional.empty() : providers.grant(subject.account());
    return requests.begin(
        new AuthorizationSubject(
            AuthorizationPurpose.CONNECT_LINK,
            link.id(),
            link.organization(),
            grant.map(OAuthGrant::mailbox).orElse(address.value()),
            grant.map(OAuthGrant::consentingUser).orElse(null)),
        offer.client());
  }

  /**
   * Continues after the provider issued tokens: tests both sides with them, and only then stores
   * and enables the account. Takes up to a minute.
   *
   * @return empty if the link, the address or the client was changed meanwhile
   * @throws org.byoemail.account.connection.TooManyTests if too many tests are running
   * @throws org.byoemail.account.connection.ConnectionFailed if the server is lost after its test
   * @throws org.byoemail.inbound.mailbox.BaselineFailed if the folder is lost after its test
   * @throws ConnectLinkClosed if the link ended meanwhile
   */
  public Optional<Result> finish(
      ConnectLink link,
      LinkSubject subject,
      AuthorizationRequest request,
      TokenSet tokens,
      TestListener listener) {
    EmailAddress address = link.mailbox();
    Offer offer =
        offer(link, subject, request.provider())
            .filter(one -> one.client().id().equals(request.client()))
            .orElse(null);
    if (address == null || offer == null) {
      return Optional.empty();
    }
    if (link.mended() != null) {
      return mend(link, subject.account(), offer, tokens, listener);
    }
    return request.subject().mailbox().equals(address.value())
        ? Optional.of(connect(link, subject, address, offer, tokens, listener))
        : Optional.empty();
  }

  /** Connects the mailbox with the first token of a grant, if it opens both sides. */
  Result connect(
      ConnectLink link,
      LinkSubject subject,
      EmailAddress address,
      Offer offer,
      TokenSet tokens,
      TestListener listener) {
    Account present = MailboxConnection.ofAddress(subject, address);
    Account candidate = candidates.of(subject.agent(), address, offer.draft(), present);
    List<TestedSide> sides =
        MailboxConnection.tested(candidates.test(candidate, tokens.accessToken(), listener));
    if (!MailboxConnection.passed(sides)) {
      return Result.failed(sides);
    }
    return stored(
        link,
        sides,
        () ->
            linked.connect(
                link,
                candidate,
                present,
                account -> {
                  if (offer.client().kind().isPersonal()) {
                    grants.store(
                        account.id(), offer.provider(), offer.client(), address.value(), tokens);
                  } else {
                    grants.assign(account.id(), offer.client(), address.value(), null);
                  }
                }));
  }

  private Optional<Result> mend(
      ConnectLink link, Account account, Offer offer, TokenSet tokens, TestListener listener) {
    Optional<OAuthGrant> grant = providers.grant(account);
    if (grant.isEmpty()) {
      return Optional.empty();
    }
    OAuthResult proved =
        audit.runAs(
            AuditActor.link(link.id()),
            () ->
                proof.prove(
                    account,
                    grant.get(),
                    offer.client(),
                    tokens,
                    listener,
                    // The link may have been withdrawn, or used, while the mailbox was tested.
                    () -> linked.attach(link, account)));
    List<TestedSide> sides =
        proved.sides().stream().map(side -> new TestedSide(side.name(), side.test())).toList();
    if (!proved.ok()) {
      return Optional.of(new Result(false, sides, proved.message()));
    }
    return Optional.of(stored(link, sides, () -> linked.mended(link, account)));
  }

  private Result stored(ConnectLink link, List<TestedSide> sides, Supplier<Account> change) {
    try {
      audit.runAs(AuditActor.link(link.id()), change);
      return Result.connected(sides);
    } catch (ConnectLinkClosed e) {
      throw e;
    } catch (StateConflict e) {
      log.info("Connect link {} did not connect a mailbox: {}", link.id(), e.getMessage());
      return Result.conflict(sides);
    }
  }
}
