package org.byoemail.account.oauth;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Repository;

/**
 * The OAuth clients, by settings and of the table {@code oauth_client}. Secrets are sealed and
 * write-only. Safe for use by many threads and nodes.
 */
@Repository
public class OAuthClients {

  /** The client by which people of an organisation consent: its own, else the operator's. */
  public Optional<OAuthClient> of(String organization, String provider) {
    return of(organization, provider, GrantType.AUTHORIZATION_CODE);
  }

  /** The client of an organisation for one grant type: its own, else the operator's. */
  public Optional<OAuthClient> of(String organization, String provider, GrantType kind) {
    throw new UnsupportedOperationException(organization + provider + kind);
  }

  /** The client of that id. */
  public Optional<OAuthClient> find(UUID id) {
    throw new UnsupportedOperationException(id.toString());
  }

  /**
   * The clients of an organisation.
   *
   * @param organization empty: the operator's; null: all
   */
  public List<OAuthClient> list(@Nullable String organization) {
    throw new UnsupportedOperationException(organization);
  }

  /**
   * Stores a client.
   *
   * @throws OAuthClientInvalid naming the field
   * @throws OAuthClientExists if the organisation has one of that provider and grant type
   */
  public OAuthClient create(String organization, OAuthClientDraft draft) {
    throw new UnsupportedOperationException(organization + draft);
  }

  /**
   * Changes a client; provider and grant type stay.
   *
   * @throws OAuthClientInvalid naming the field
   */
  public Optional<OAuthClient> change(UUID id, OAuthClientDraft draft) {
    throw new UnsupportedOperationException(id + draft.toString());
  }

  /**
   * Deletes a client.
   *
   * @throws OAuthClientInUse if accounts have grants of it
   */
  public boolean delete(UUID id) {
    throw new UnsupportedOperationException(id.toString());
  }
}
