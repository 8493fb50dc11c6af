package org.byoemail.connect;

import org.byoemail.account.oauth.AuthorizationPurpose;
import org.byoemail.account.oauth.AuthorizationRefusal;
import org.byoemail.account.oauth.AuthorizationRequest;
import org.byoemail.account.oauth.TokenSet;
import org.byoemail.operations.setup.OAuthResult;
import org.byoemail.operations.setup.OAuthSetup;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.ModelAndView;

/** Connects the account that a sign-in was begun for; a user of the console returns to its page. */
@Component
class AccountAuthorizations implements AuthorizationHandler {
  private final OAuthSetup setup;

  AccountAuthorizations(OAuthSetup setup) {
    this.setup = setup;
  }

  @Override
  public boolean handles(AuthorizationPurpose purpose) {
    return purpose != AuthorizationPurpose.CONNECT_LINK;
  }

  @Override
  public ModelAndView granted(AuthorizationRequest request, TokenSet tokens) {
    return next(request, setup.prove(request, tokens));
  }

  @Override
  public ModelAndView refused(AuthorizationRequest request, AuthorizationRefusal refusal) {
    return next(request, setup.refused(request, refusal));
  }

  private static ModelAndView next(AuthorizationRequest request, OAuthResult result) {
    return request.subject().purpose() == AuthorizationPurpose.CONSOLE
        ? new ModelAndView(
            "redirect:/console/accounts/" + request.subject().id() + "?signIn=" + request.id())
        : MessagePage.of(result);
  }
}
