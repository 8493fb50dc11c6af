package org.byoemail.platform.access;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The stronger of the second factors that a person has set up. */
public enum SecondFactor {
  /** Codes of an authenticator app (RFC 6238). */
  TOTP,
  /** A passkey with user verification, which needs no password. */
  PASSKEY;

  /** The word of the contract and of the database. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads the word; null: none. A word of a newer version is the strongest factor known here. */
  static @Nullable SecondFactor ofNullable(@Nullable String word) {
    if (word == null) {
      return null;
    }
    return word.equals(TOTP.word()) ? TOTP : PASSKEY;
  }
}
