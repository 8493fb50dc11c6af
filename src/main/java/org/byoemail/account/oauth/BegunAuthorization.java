package org.byoemail.account.oauth;

import org.springframework.http.ResponseCookie;

/**
 * A sign-in for a browser to continue.
 *
 * @param url of the provider's consent page; with the state, so it is not logged
 * @param cookie that binds the sign-in to the browser: it must be set with the page that leads to
 *     the provider
 */
public record BegunAuthorization(String url, ResponseCookie cookie) {

  @Override
  public String toString() {
    return "BegunAuthorization";
  }
}
