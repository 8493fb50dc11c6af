package org.byoemail.connect;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.function.UnaryOperator;
import org.byoemail.account.oauth.AuthorizationPurpose;
import org.byoemail.account.oauth.AuthorizationRequests;
import org.byoemail.account.oauth.AuthorizationResponse;
import org.byoemail.account.oauth.AuthorizationResult;
import org.byoemail.account.oauth.UnknownAuthorization;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.util.WebUtils;

/**
 * Where a provider sends the browser back to. The path names provider and organisation, so that the
 * answers of one provider are not taken for another's.
 */
@Controller
@RequestMapping("/connect/oauth/callback")
class OAuthCallbackController {
  private final AuthorizationRequests requests;
  private final List<AuthorizationHandler> handlers;

  OAuthCallbackController(AuthorizationRequests requests, List<AuthorizationHandler> handlers) {
    this.requests = requests;
    this.handlers = handlers;
  }

  @GetMapping("/{provider}")
  ModelAndView ofOperatorsClient(
      @PathVariable String provider, HttpServletRequest request, HttpServletResponse response) {
    return complete(provider, "", request, response);
  }

  @GetMapping("/{provider}/{organization}")
  ModelAndView ofOrganizationsClient(
      @PathVariable String provider,
      @PathVariable String organization,
      HttpServletRequest request,
      HttpServletResponse response) {
    return complete(provider, organization, request, response);
  }

  private ModelAndView complete(
      String provider,
      String organization,
      HttpServletRequest request,
      HttpServletResponse response) {
    AuthorizationResponse answer =
        new AuthorizationResponse(
            provider,
            new OrganizationId(organization),
            only(request, "state"),
            only(request, "code"),
            only(request, "iss"),
            only(request, "error"),
            only(request, "error_description"));
    if (answer.state() == null && request.getParameter("admin_consent") != null) {
      return afterAdminConsent(answer);
    }
    UnaryOperator<@Nullable String> cookies =
        name -> {
          Cookie cookie = WebUtils.getCookie(request, name);
          return cookie == null ? null : cookie.getValue();
        };
    try {
      AuthorizationResult result = requests.complete(answer, cookies);
      requests
          .removedCookie(answer)
          .ifPresent(cookie -> response.addHeader(HttpHeaders.SET_COOKIE, cookie.toString()));
      AuthorizationHandler handler = handler(result.request().subject().purpose());
      if (result instanceof AuthorizationResult.Granted granted) {
        return handler.granted(granted.request(), granted.tokens());
      }
      return handler.refused(result.request(), ((AuthorizationResult.Refused) result).refusal());
    } catch (UnknownAuthorization e) {
      return MessagePage.unknown(e);
    }
  }

  /** An administrator comes from the page of a refusal, mostly in another browser. */
  private static ModelAndView afterAdminConsent(AuthorizationResponse answer) {
    return answer.error() == null
        ? MessagePage.good(
            "Consent given", "The owner of the mailbox can sign in again now.", List.of())
        : MessagePage.refused(
            HttpStatus.OK, "No consent", "The provider reports that consent was not given.", null);
  }

  private AuthorizationHandler handler(AuthorizationPurpose purpose) {
    return handlers.stream()
        .filter(one -> one.handles(purpose))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no handler for sign-ins of " + purpose));
  }

  /** RFC 6749 section 3.1: a parameter must not be included more than once. */
  private static @Nullable String only(HttpServletRequest request, String name) {
    String[] values = request.getParameterValues(name);
    return values != null && values.length == 1 ? values[0] : null;
  }
}
