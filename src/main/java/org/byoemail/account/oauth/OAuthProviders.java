package org.byoemail.account.oauth;

import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The configured providers. Safe for use by many threads. */
@Component
public class OAuthProviders {

  /** The provider of that name, with the tenant of its settings. */
  public Optional<OAuthProvider> find(String name) {
    throw new UnsupportedOperationException(name);
  }

  /**
   * The provider of a client, with the client's tenant in its addresses.
   *
   * @throws OAuthFailed if it is no longer configured, or its discovery fails
   */
  public OAuthProvider of(OAuthClient client) {
    throw new UnsupportedOperationException(client.provider());
  }

  /** All of them, by name. */
  public List<OAuthProvider> all() {
    throw new UnsupportedOperationException();
  }
}
