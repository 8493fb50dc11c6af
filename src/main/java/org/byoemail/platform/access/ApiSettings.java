package org.byoemail.platform.access;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The HTTP API.
 *
 * @param adminKey the first key, an admin of every organisation (BYO_API_ADMIN_KEY); 16 characters
 *     at least, since it is never locked out
 * @param maxMessageSize of the body of a request that carries mail or a file; a message of 25 MB
 *     grows by a third in Base64
 * @param maxRequestSize of the body of any other request
 * @param concurrentLargeRequests how many submissions above {@code maxRequestSize} are worked on at
 *     the same time, since each is held in memory; those that still arrive do not count
 */
@ConfigurationProperties("byo.api")
record ApiSettings(
    @DefaultValue("") String adminKey,
    @DefaultValue("40MB") DataSize maxMessageSize,
    @DefaultValue("1MB") DataSize maxRequestSize,
    @DefaultValue("8") int concurrentLargeRequests) {

  static final int MIN_KEY_LENGTH = 16;

  ApiSettings {
    if (adminKey.isBlank()) {
      throw new IllegalArgumentException(
          "byo.api.admin-key (BYO_API_ADMIN_KEY) is not set: nobody could use the API;"
              + " make a key with 'openssl rand -hex 24'");
    }
    if (adminKey.length() < MIN_KEY_LENGTH) {
      throw new IllegalArgumentException(
          "byo.api.admin-key (BYO_API_ADMIN_KEY) is shorter than "
              + MIN_KEY_LENGTH
              + " characters: it could be guessed; make a key with 'openssl rand -hex 24'");
    }
    if (concurrentLargeRequests < 1) {
      throw new IllegalArgumentException("byo.api.concurrent-large-requests must be at least 1");
    }
  }

  @Override
  public String toString() {
    return "ApiSettings[maxMessageSize=" + maxMessageSize + "]";
  }
}
