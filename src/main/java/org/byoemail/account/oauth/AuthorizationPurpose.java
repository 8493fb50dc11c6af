package org.byoemail.account.oauth;

import java.util.Locale;

/** What a sign-in at a provider is for: it decides which handler continues after the callback. */
public enum AuthorizationPurpose {
  /** A user of the console connects an account. The subject is the account. */
  CONSOLE,
  /** A platform sends its own user to connect an account. The subject is the account. */
  PLATFORM,
  /** The owner of a mailbox connects it by a link. The subject is the connect link. */
  CONNECT_LINK;

  /** The word in the database. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static AuthorizationPurpose of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
