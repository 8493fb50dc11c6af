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
import org.byoemail.account.testrun.TestTarget;
import org.byoemail.format.mail.AccountId;
import org.byoemail.operations.setup.OAuthResult;
import org.byoemail.operations.setup.OAuthSetup;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.ModelAndView;

/**
 * Connects the account that a sign-in was begun for. The tests run in the background: a user of the
 * console follows them on its page, the owner of a mailbox on the page of {@link SignInResults}.
 */
@Component
class AccountAuthorizations implements AuthorizationHandler {
  private final OAuthSetup setup;
  private final TestRuns runs;
  private final SignInResults results;

  AccountAuthorizations(OAuthSetup setup, TestRuns runs, SignInResults results) {
    this.setup = setup;
    this.runs = runs;
    this.results = results;
  }

  @Override
  public boolean handles(AuthorizationPurpose purpose) {
    return purpose != AuthorizationPurpose.CONNECT_LINK;
  }

  @Override
  public ModelAndView granted(AuthorizationRequest request, TokenSet tokens) {
    try {
      TestRun run =
          runs.begin(
              TestTarget.signIn(new AccountId(request.subject().id()), request.id()),
              null,
              listener -> {
                OAuthResult result = setup.prove(request, tokens, listener);
                return new Outcome(result.ok(), result.message());
              });
      if (request.subject().purpose() != AuthorizationPurpose.CONSOLE) {
        return results.follow(run);
      }
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
