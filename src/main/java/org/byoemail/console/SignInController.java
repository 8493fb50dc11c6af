package org.byoemail.console;

import jakarta.servlet.http.HttpServletResponse;
import java.util.UUID;
import org.byoemail.account.oauth.BegunAuthorization;
import org.byoemail.account.oauth.OAuthFailed;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.StateConflict;
import org.byoemail.operations.setup.AccountSetup;
import org.byoemail.operations.setup.AccountState;
import org.byoemail.operations.setup.OAuthSetup;
import org.byoemail.platform.access.ResourceNotFound;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The button that leads to the consent page of an account's provider. */
@Controller
@RequestMapping("/console/accounts/{id}/sign-in")
class SignInController {
  private final AccountSetup accounts;
  private final OAuthSetup setup;
  private final OAuthViews views;

  SignInController(AccountSetup accounts, OAuthSetup setup, OAuthViews views) {
    this.accounts = accounts;
    this.setup = setup;
    this.views = views;
  }

  @PostMapping
  ModelAndView begin(
      @PathVariable UUID id, HttpServletResponse response, RedirectAttributes flash) {
    AccountState state =
        accounts.find(new AccountId(id)).orElseThrow(() -> new ResourceNotFound("account"));
    try {
      BegunAuthorization begun = setup.begin(state.account());
      response.addHeader(HttpHeaders.SET_COOKIE, begun.cookie().toString());
      ModelAndView page = new ModelAndView("connect/continue");
      page.addObject("url", begun.url());
      page.addObject("provider", views.providerName(state));
      return page;
    } catch (StateConflict | OAuthFailed e) {
      flash.addFlashAttribute("refused", e.getMessage());
      return new ModelAndView("redirect:/console/accounts/" + id);
    }
  }
}
