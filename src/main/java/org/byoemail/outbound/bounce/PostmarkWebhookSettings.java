package org.byoemail.outbound.bounce;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Postmark's webhook.
 *
 * @param secret the password of its URL; absent: nothing is taken
 */
@ConfigurationProperties("byo.transport.postmark.webhook")
record PostmarkWebhookSettings(@Nullable String secret) {
  private static final int MIN_LENGTH = 16;

  PostmarkWebhookSettings {
    secret = secret == null || secret.isBlank() ? null : secret.strip();
    if (secret != null && secret.length() < MIN_LENGTH) {
      throw new IllegalArgumentException(
          "byo.transport.postmark.webhook.secret must have at least 16 characters; make one with"
              + " 'openssl rand -hex 32'");
    }
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "PostmarkWebhookSettings[" + (secret == null ? "off" : "on") + "]";
  }
}
