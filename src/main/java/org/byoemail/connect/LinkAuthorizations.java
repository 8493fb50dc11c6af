package org.byoemail.connect;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.byoemail.account.connection.TooManyTests;
import org.byoemail.account.link.ConnectLink;
import org.byoemail.account.link.ConnectLink.Binding;
import org.byoemail.account.link.ConnectLink.Status;
import org.byoemail.account.link.ConnectLinks;
import org.byoemail.account.oauth.AuthorizationPurpose;
import org.byoemail.account.oauth.AuthorizationRefusal;
import org.byoemail.account.oauth.AuthorizationRequest;
import org.byoemail.account.oauth.TokenSet;
import org.byoemail.operations.setup.LinkSignIns;
import org.byoemail.operations.setup.MailboxConnection;
import org.byoemail.operations.setup.MailboxConnection.LinkSubject;
import org.byoemail.operations.setup.MailboxConnection.Result;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.ModelAndView;

/**
 * Continues with a connect link when the browser comes back from a provider: in the browser that
 * the link is bound to, and while it is open.
 */
@Component
class LinkAuthorizations implements AuthorizationHandler {
  private final ConnectLinks links;
  private final MailboxConnection connection;
  private final LinkSignIns signIns;
  private final LinkPages pages;
  private final LinkTests tests;
  private final HttpServletRequest current;

  /**
   * @param current the request of the calling thread
   */
  LinkAuthorizations(
      ConnectLinks links,
      MailboxConnection connection,
      LinkSignIns signIns,
      LinkPages pages,
      LinkTests tests,
      HttpServletRequest current) {
    this.tests = tests;
    this.links = links;
    this.connection = connection;
    this.signIns = signIns;
    this.pages = pages;
    this.current = current;
  }

  @Override
  public boolean handles(AuthorizationPurpose purpose) {
    return purpose == AuthorizationPurpose.CONNECT_LINK;
  }

  /** An open link in the browser that it is bound to. */
  private record Opened(String token, ConnectLink link, LinkSubject subject) {
    @Override
    public String toString() {
      return link.toString();
    }
  }

  @Override
  public ModelAndView granted(AuthorizationRequest request, TokenSet tokens) {
    return opened(request, opened -> granted(opened, request, tokens));
  }

  private ModelAndView granted(Opened opened, AuthorizationRequest request, TokenSet tokens) {
    String token = opened.token();
    ConnectLink link = opened.link();
    LinkSubject subject = opened.subject();
    try {
      tests.begin(
          link,
          null,
          listener ->
              signIns
                  .finish(link, subject, request, tokens, listener)
                  .orElseGet(
                      () -> Result.failed("The link was changed meanwhile. Sign in again.")));
      return pages.again(token);
    } catch (TooManyTests e) {
      return pages.busy(pages.signIn(token, link, subject, null, Map.of(), null));
    }
  }

  @Override
  public ModelAndView refused(AuthorizationRequest request, AuthorizationRefusal refusal) {
    return opened(
        request,
        opened ->
            pages.noToken(
                opened.token(),
                opened.link(),
                opened.subject(),
                refusal.message(),
                refusal.link()));
  }

  private ModelAndView opened(AuthorizationRequest request, Function<Opened, ModelAndView> next) {
    String token = BrowserCookie.returning(current);
    Optional<ConnectLink> link =
        token == null
            ? Optional.empty()
            : links
                .find(token, BrowserCookie.of(current, token))
                .filter(one -> one.id().equals(request.subject().id()));
    if (link.isEmpty()) {
      return pages.unknown();
    }
    LinkSubject subject = connection.subject(link.get()).orElse(null);
    if (link.get().status() != Status.OPEN || subject == null) {
      return pages.over(link.get());
    }
    return link.get().progress().binding() == Binding.THIS
        ? next.apply(new Opened(token, link.get(), subject))
        : pages.otherBrowser();
  }
}
