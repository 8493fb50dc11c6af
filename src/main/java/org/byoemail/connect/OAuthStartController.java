package org.byoemail.connect;

import jakarta.servlet.http.HttpServletResponse;
import org.byoemail.account.oauth.AuthorizationRequest;
import org.byoemail.account.oauth.AuthorizationRequests;
import org.byoemail.account.oauth.BegunAuthorization;
import org.byoemail.account.oauth.OAuthFailed;
import org.byoemail.account.oauth.UnknownAuthorization;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.servlet.ModelAndView;

/**
 * Where a platform sends its own user, to connect the account of {@code POST
 * /api/v1/accounts/{id}/authorize}. Opening it does not use it up, since mail scanners open links;
 * the button begins the sign-in in that browser.
 */
@Controller
@RequestMapping("/connect/oauth/start/{token}")
class OAuthStartController {
  private final AuthorizationRequests requests;
  private final ConnectionSummary summaries;

  OAuthStartController(AuthorizationRequests requests, ConnectionSummary summaries) {
    this.requests = requests;
    this.summaries = summaries;
  }

  @GetMapping
  ModelAndView show(@PathVariable String token) {
    AuthorizationRequest prepared = requests.pending(token).orElse(null);
    ConnectionSummary.Summary connection =
        prepared == null ? null : summaries.of(prepared).orElse(null);
    if (connection == null) {
      return MessagePage.unknown(new UnknownAuthorization());
    }
    ModelAndView page = new ModelAndView("connect/start");
    page.addObject("token", token);
    page.addObject("connection", connection);
    return page;
  }

  @PostMapping
  ModelAndView begin(@PathVariable String token, HttpServletResponse response) {
    try {
      AuthorizationRequest prepared =
          requests.pending(token).orElseThrow(UnknownAuthorization::new);
      BegunAuthorization begun = requests.beginPending(token);
      response.addHeader(HttpHeaders.SET_COOKIE, begun.cookie().toString());
      ModelAndView page = new ModelAndView("connect/continue");
      page.addObject("url", begun.url());
      page.addObject("provider", summaries.providerName(prepared));
      return page;
    } catch (UnknownAuthorization e) {
      return MessagePage.unknown(e);
    } catch (OAuthFailed e) {
      return MessagePage.refused(
          HttpStatus.BAD_GATEWAY, "Not connected", String.valueOf(e.getMessage()), null);
    }
  }
}
