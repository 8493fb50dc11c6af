package org.byoemail.platform.access;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The address of this gateway.
 *
 * @param publicUrl as browsers reach it (BYO_PUBLIC_URL): https, or http on localhost, without
 *     query or fragment
 */
@ConfigurationProperties("byo")
record PublicUrlSettings(@Nullable String publicUrl) {
  PublicUrlSettings {
    if (publicUrl != null && !publicUrl.isBlank()) {
      PublicUrl.parse(publicUrl);
    }
  }
}
