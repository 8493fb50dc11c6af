package org.byoemail.platform.access;

import java.security.MessageDigest;
import org.byoemail.format.mail.Tokens;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The login of the settings, an admin of every organisation, with which the first people are
 * created. Immutable.
 */
@Component
class SettingsLogin {
  private final String name;
  private final byte[] user;
  private final byte[] password;
  private final byte[] fingerprint;

  SettingsLogin(ConsoleSettings settings, ApiSettings api) {
    this.name = settings.user();
    this.user = Tokens.sha256(settings.user());
    this.password = Tokens.sha256(settings.password());
    // The admin key is in it, so that the fingerprint is of no use for guessing the password.
    this.fingerprint =
        Tokens.sha256(
            "login of the settings\n"
                + api.adminKey()
                + "\n"
                + settings.user()
                + "\n"
                + settings.password());
  }

  /** Whether name and password are right; takes as long if one is wrong. */
  boolean matches(String givenName, String givenPassword) {
    boolean known = MessageDigest.isEqual(user, Tokens.sha256(givenName));
    boolean right = MessageDigest.isEqual(password, Tokens.sha256(givenPassword));
    return known & right;
  }

  Caller caller() {
    return Caller.user(name);
  }

  /** Stored with its sessions: they end once name or password change. */
  byte[] fingerprint() {
    return fingerprint.clone();
  }

  boolean isCurrent(byte @Nullable [] stored) {
    return MessageDigest.isEqual(fingerprint, stored);
  }
}
