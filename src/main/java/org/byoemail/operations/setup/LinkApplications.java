package org.byoemail.operations.setup;

import java.util.Objects;
import java.util.Optional;
import org.byoemail.account.connection.TestListener;
import org.byoemail.account.link.ConnectLink;
import org.byoemail.account.oauth.OAuthFailed;
import org.byoemail.account.oauth.OAuthProviders;
import org.byoemail.account.oauth.TokenRequests;
import org.byoemail.account.oauth.TokenSet;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.operations.setup.LinkProviders.Offer;
import org.byoemail.operations.setup.MailboxConnection.LinkSubject;
import org.byoemail.operations.setup.MailboxConnection.Result;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;

/**
 * Connects the address of a link by the access of an application, without a sign-in. Its holder
 * gains nothing by that: address, application and agent are the choice of the link's maker, who may
 * connect such an account without a link. Safe for use by many threads and nodes.
 */
@Service
public class LinkApplications {
  private static final Logger log = LoggerFactory.getLogger(LinkApplications.class);

  private final LinkProviders offers;
  private final OAuthProviders providers;
  private final TokenRequests tokens;
  private final LinkSignIns signIns;

  LinkApplications(
      LinkProviders offers, OAuthProviders providers, TokenRequests tokens, LinkSignIns signIns) {
    this.offers = offers;
    this.providers = providers;
    this.tokens = tokens;
    this.signIns = signIns;
  }

  /** The access that the link names; empty if it names none, or it cannot be used. */
  public Optional<Offer> of(ConnectLink link) {
    return offers.application(link);
  }

  /**
   * Tests both sides, and only then stores and enables the account. Takes up to a minute.
   *
   * @param offer of the link
   * @throws org.byoemail.account.connection.TooManyTests if too many tests are running
   * @throws org.byoemail.account.connection.ConnectionFailed if the server is lost after its test
   * @throws org.byoemail.inbound.mailbox.BaselineFailed if the folder is lost after its test
   * @throws org.byoemail.account.link.ConnectLinkOver if the link ended meanwhile
   */
  public Result connect(ConnectLink link, LinkSubject subject, Offer offer, TestListener listener) {
    EmailAddress address = Objects.requireNonNull(link.address(), "an application has an address");
    try {
      TokenSet token =
          tokens.application(providers.of(offer.client()), offer.client(), address.value());
      return signIns.connect(link, subject, address, offer, token, listener);
    } catch (OAuthFailed e) {
      // Its words are for the operator, not for the holder of the link.
      log.warn("Connect link {}: the application gets no token: {}", link.id(), e.getMessage());
      return Result.failed(
          offer.provider().displayName()
              + " issues no token to the application. Nothing was connected; tell the sender of"
              + " the link.");
    }
  }
}
