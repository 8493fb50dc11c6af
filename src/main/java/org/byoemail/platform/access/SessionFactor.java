package org.byoemail.platform.access;

import java.util.Locale;

/** What a session was logged in with besides, or instead of, the password. */
public enum SessionFactor {
  /** A code of an authenticator app. */
  TOTP,
  /** One of the recovery codes. */
  RECOVERY_CODE,
  /** A passkey, instead of the password. */
  PASSKEY,
  /** The OpenID provider of the settings, which has second factors of its own. */
  PROVIDER;

  /** The word of the database. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
