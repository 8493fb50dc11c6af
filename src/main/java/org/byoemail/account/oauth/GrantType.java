package org.byoemail.account.oauth;

import java.util.Locale;

/** How access tokens are obtained. */
public enum GrantType {
  /** A person consents (RFC 6749 section 4.1); refresh tokens renew the access. */
  AUTHORIZATION_CODE,

  /** The application itself has access to mailboxes (RFC 6749 section 4.4). */
  CLIENT_CREDENTIALS,

  /** A service account signs in as the mailbox's user (RFC 7523 section 2.1). */
  SERVICE_ACCOUNT;

  /** The name in the database, the API and settings. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether a person consents, and can do so again. */
  public boolean isPersonal() {
    return this == AUTHORIZATION_CODE;
  }

  /**
   * Reads the name.
   *
   * @throws IllegalArgumentException if there is no such type
   */
  public static GrantType of(String word) {
    for (GrantType type : values()) {
      if (type.word().equals(word.strip().toLowerCase(Locale.ROOT))) {
        return type;
      }
    }
    throw new IllegalArgumentException(
        "must be one of authorization_code, client_credentials, service_account");
  }
}
