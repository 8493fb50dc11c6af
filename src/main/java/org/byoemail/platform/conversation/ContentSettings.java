package org.byoemail.platform.conversation;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where attachments and raw mails are kept.
 *
 * @param store folder or S3
 * @param dir the folder (BYO_CONTENT_DIR), shared by all nodes
 * @param s3 the bucket, where it is S3
 */
@ConfigurationProperties("byo.content")
record ContentSettings(@DefaultValue("folder") Store store, Path dir, @Nullable S3Settings s3) {

  /** The kinds of store. */
  enum Store {
    FOLDER,
    S3
  }

  ContentSettings {
    if (store == Store.S3 && (s3 == null || s3.bucket() == null || s3.bucket().isBlank())) {
      throw new IllegalArgumentException(
          "byo.content.store is s3: byo.content.s3.bucket is missing");
    }
  }
}
