package org.byoemail.connect;

import org.byoemail.account.oauth.AuthorizationPurpose;
import org.byoemail.account.oauth.AuthorizationRefusal;
import org.byoemail.account.oauth.AuthorizationRequest;
import org.byoemail.account.oauth.TokenSet;
import org.springframework.web.servlet.ModelAndView;

/**
 * Continues a sign-in after the provider's callback; one bean for each purpose. State, browser,
 * issuer and ID token were checked before, and the request cannot be used again. Safe for use by
 * many threads; may take as long as the tests of both sides.
 */
interface AuthorizationHandler {

  /** Whether this bean handles that purpose. */
  boolean handles(AuthorizationPurpose purpose);

  /**
   * The provider issued tokens. They prove nothing until they have opened the mailbox.
   *
   * @return the next page, mostly a redirect
   */
  ModelAndView granted(AuthorizationRequest request, TokenSet tokens);

  /**
   * There is no token.
   *
   * @return the page that says why
   */
  ModelAndView refused(AuthorizationRequest request, AuthorizationRefusal refusal);
}
