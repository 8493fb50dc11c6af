package org.byoemail.platform.conversation;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A bucket and how it is reached.
 *
 * @param endpoint null: Amazon's own of the region
 * @param prefix what all keys begin with, such as {@code byo-email/}
 * @param accessKey null: the key is found as Amazon's tools find it (environment, profile, role)
 * @param pathStyle whether the bucket is in the path and not in the host name
 */
record S3Settings(
    @Nullable URI endpoint,
    @DefaultValue("us-east-1") String region,
    @Nullable String bucket,
    @DefaultValue("") String prefix,
    @Nullable String accessKey,
    @Nullable String secretKey,
    @DefaultValue("false") boolean pathStyle) {

  S3Settings {
    if ((accessKey == null) != (secretKey == null)) {
      throw new IllegalArgumentException(
          "byo.content.s3: access-key and secret-key are given together, or neither is");
    }
  }

  /** Without the keys. */
  @Override
  public String toString() {
    return "S3Settings[endpoint=%s, bucket=%s, prefix=%s]".formatted(endpoint, bucket, prefix);
  }
}
