package org.byoemail.platform.conversation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** Checks the content store without the rest of the gateway. */
public final class ContentStoreCheck {

  private ContentStoreCheck() {}

  /**
   * Checks that the folder is writable, or lists the first object of the bucket.
   *
   * @return where contents are stored
   * @throws RuntimeException if the store cannot be used, with the reason
   */
  public static String run(Environment environment) {
    ContentSettings settings =
        Binder.get(environment).bindOrCreate("byo.content", ContentSettings.class);
    if (settings.store() == ContentSettings.Store.FOLDER) {
      Path folder = settings.dir().toAbsolutePath().normalize();
      Path existing = folder;
      while (existing != null && !Files.exists(existing)) {
        existing = existing.getParent();
      }
      if (existing == null || !Files.isDirectory(existing) || !Files.isWritable(existing)) {
        throw new IllegalStateException("the folder " + folder + " cannot be written to");
      }
      return "folder " + folder;
    }
    S3Settings bucket = Objects.requireNonNull(settings.s3());
    try (S3Contents contents = new S3Contents(bucket, unused -> {})) {
      contents.list("", 1);
    }
    return "bucket " + bucket.bucket();
  }
}
