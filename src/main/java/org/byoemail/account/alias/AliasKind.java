package org.byoemail.account.alias;

import java.util.Locale;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.Tokens;

/** What an alias matches. */
public enum AliasKind {
  /** One address. */
  ADDRESS,
  /** Every tag of an account's address: {@code local+*@domain} (RFC 5233 calls it a detail). */
  PLUS,
  /** Every address of a domain: {@code *@domain}. */
  DOMAIN;

  private static final int RANDOM_BYTES = 8;

  /** The name used by the API and the database. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static AliasKind of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }

  /** An address that the alias matches; random if it matches many, so that nobody can guess it. */
  EmailAddress example(EmailAddress alias) {
    return this == ADDRESS
        ? alias
        : new EmailAddress(alias.value().replace("*@", "probe-" + Tokens.hex(RANDOM_BYTES) + "@"));
  }
}
