package org.byoemail.outbound.review;

import org.byoemail.format.mail.EmailAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The mails that ask reviewers.
 *
 * @param from the address that they come from, which a transport of the platform may send as;
 *     absent: no reviewer can be named
 */
@ConfigurationProperties("byo.review.mail")
public record ReviewMailSettings(@Nullable String from) {
  public ReviewMailSettings {
    if (from != null && !from.isBlank()) {
      try {
        EmailAddress.parse(from.strip());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "byo.review.mail.from must be an email address: " + e.getMessage(), e);
      }
    }
  }

  /** The address; null: none. */
  public @Nullable EmailAddress sender() {
    return from == null || from.isBlank() ? null : EmailAddress.parse(from.strip());
  }
}
