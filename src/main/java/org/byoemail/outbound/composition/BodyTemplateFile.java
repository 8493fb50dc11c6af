package org.byoemail.outbound.composition;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A template in a file that may be changed at any time: the next mail has the new one. One that
 * cannot be used leaves the last good one in place and is logged once.
 */
final class BodyTemplateFile {
  private static final Logger log = LoggerFactory.getLogger(BodyTemplateFile.class);
  private static final int MAX_SIZE = 65_536;

  private final Path file;
  private volatile Seen seen;

  /**
   * @param template null: there is no such file
   */
  private record Seen(@Nullable FileTime modified, long size, @Nullable BodyTemplate template) {
    boolean isOf(@Nullable FileTime otherTime, long otherSize) {
      return size == otherSize && java.util.Objects.equals(modified, otherTime);
    }
  }

  /**
   * @throws IllegalArgumentException if the file is there and cannot be used
   */
  BodyTemplateFile(Path file) {
    this.file = file;
    try {
      this.seen = look(null);
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "the template " + file + " cannot be used: " + e.getMessage(), e);
    }
  }

  /** The present template; null if there is no file. */
  @Nullable BodyTemplate current() {
    Seen before = seen;
    try {
      Seen now = look(before);
      seen = now;
      return now.template();
    } catch (IOException | IllegalArgumentException e) {
      log.warn("cannot use the template {}, keeping the previous one: {}", file, e.getMessage());
      return before.template();
    }
  }

  private Seen look(@Nullable Seen before) throws IOException {
    // Checked first: most installations have none, and an exception for each mail is expensive.
    if (!file.toFile().exists()) {
      return new Seen(null, -1, null);
    }
    BasicFileAttributes attributes;
    try {
      attributes = Files.readAttributes(file, BasicFileAttributes.class);
    } catch (NoSuchFileException e) {
      return new Seen(null, -1, null);
    }
    if (before != null && before.isOf(attributes.lastModifiedTime(), attributes.size())) {
      return before;
    }
    // Recorded before it is read, so that a bad one is not logged with each mail.
    seen =
        new Seen(
            attributes.lastModifiedTime(),
            attributes.size(),
            before == null ? null : before.template());
    if (attributes.size() > MAX_SIZE) {
      throw new IllegalArgumentException("it is larger than " + MAX_SIZE + " bytes");
    }
    return new Seen(
        attributes.lastModifiedTime(),
        attributes.size(),
        new BodyTemplate(Files.readString(file, StandardCharsets.UTF_8)));
  }
}
