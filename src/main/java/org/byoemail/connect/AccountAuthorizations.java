package org.byoemail.connect;

import org.byoemail.account.connection.TestListener;
import org.byoemail.account.connection.TooManyTests;
import org.byoemail.account.oauth.AuthorizationPurpose;
import org.byoemail.account.oauth.AuthorizationRefusal;
import org.byoemail.account.oauth.AuthorizationRequest;
import org.byoemail.account.oauth.TokenSet;
import org.byoemail.account.testrun.TestRun;
import org.byoemail.account.testrun.TestRuns;
import org.byoemail.account.testrun.TestRuns.Outcome;
import org.byoemail.account.testrun.TestSubject;
import org.byoemail.format.mail.AccountId;
import org.byoemail.operations.setup.OAuthResult;
import org.byoemail.operations.setup.OAuthSetup;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.ModelAndView;

/** Connects the account that a sign-in was begun for; a user of the console returns to its page. */
@Component
class AccountAuthorizations implements AuthorizationHandler {
  private final OAuthSetup setup;
  private final TestRuns runs;

  AccountAuthorizations(OAuthSetup setup, TestRuns runs) {
    this.setup = setup;
    this.runs = runs;
  }

  @Override
  public boolean handles(AuthorizationPurpose purpose) {
    return purpose != AuthorizationPurpose.CONNECT_LINK;
  }

  @Override
  public ModelAndView granted(AuthorizationRequest request, TokenSet tokens) {
    if (request.subject().purpose() != AuthorizationPurpose.CONSOLE) {
      return next(request, setup.prove(request, tokens, TestListener.NONE));
    }
    try {
      TestRun run =
          runs.begin(
              TestSubject.signIn(new AccountId(request.subject().id())),
              null,
              listener -> {
                OAuthResult result = setup.prove(request, tokens, listener);
                return new Outcome(result.ok(), result.message());
              });
      return new ModelAndView(
          "redirect:/console/accounts/"
              + request.subject().id()
              + "/tests/"
              + run.id()
              + "?signIn="
              + request.id());
    } catch (TooManyTests e) {
      return next(request, setup.prove(request, tokens, TestListener.NONE));
    }
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
