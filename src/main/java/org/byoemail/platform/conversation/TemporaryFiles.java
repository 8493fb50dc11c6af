package org.byoemail.platform.conversation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;
import org.springframework.util.FileSystemUtils;

/**
 * What a killed node left in the temporary folder: unfinished mails and contents, large requests,
 * and uploads that the web server had not passed on.
 */
@Component
class TemporaryFiles {
  private static final Logger log = LoggerFactory.getLogger(TemporaryFiles.class);
  private static final String OURS = "byo-{body,content,mail,composed,postmark}*";
  private static final String DOCUMENTS = "byo-document*";
  private static final String WEB_SERVER = "tomcat.*";
  private static final String UPLOADS = "work/Tomcat/localhost/ROOT";

  private final Path folder;

  @Autowired
  TemporaryFiles() {
    this(Path.of(System.getProperty("java.io.tmpdir")));
  }

  TemporaryFiles(Path folder) {
    this.folder = folder;
  }

  /** Removes files and folders unchanged since then, up to a limit; returns how many. */
  int remove(Instant before, int most) {
    int removed = remove(folder, OURS, before, most);
    removed += removeFolders(before, most - removed);
    try (DirectoryStream<Path> servers = Files.newDirectoryStream(folder, WEB_SERVER)) {
      for (Path server : servers) {
        Path uploads = server.resolve(UPLOADS);
        if (Files.isDirectory(uploads, LinkOption.NOFOLLOW_LINKS) && Files.isReadable(uploads)) {
          removed += remove(uploads, "upload_*", before, most - removed);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look through " + folder, e);
    }
    return removed;
  }

  /**
   * Deletes folders of processes that read one document each; a failure does not affect the others.
   */
  private int removeFolders(Instant before, int most) {
    int removed = 0;
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(folder, DOCUMENTS)) {
      for (Path document : folders) {
        if (removed >= most) {
          break;
        }
        removed += isOldFolder(document, before) && isDeletedWithFiles(document) ? 1 : 0;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look through " + folder, e);
    }
    return removed;
  }

  private static boolean isOldFolder(Path folder, Instant before) {
    try {
      return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
          && Files.getLastModifiedTime(folder, LinkOption.NOFOLLOW_LINKS)
              .toInstant()
              .isBefore(before);
    } catch (IOException e) {
      log.debug("the temporary folder {} cannot be looked at: {}", folder, e.toString());
      return false;
    }
  }

  // Links are deleted, not followed.
  private static boolean isDeletedWithFiles(Path folder) {
    try {
      return FileSystemUtils.deleteRecursively(folder);
    } catch (IOException e) {
      log.debug("the temporary folder {} cannot be removed: {}", folder, e.toString());
      return false;
    }
  }

  static int remove(Path folder, String names, Instant before, int most) {
    int removed = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, names)) {
      for (Path file : files) {
        if (removed >= most) {
          break;
        }
        removed += isOld(file, before) && isDeleted(file) ? 1 : 0;
      }
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look through " + folder, e);
    }
    return removed;
  }

  private static boolean isOld(Path file, Instant before) throws IOException {
    try {
      return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
          && Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)
              .toInstant()
              .isBefore(before);
    } catch (NoSuchFileException e) {
      return false; // Somebody else was faster.
    }
  }

  // Another user's file stays, without keeping the others from being removed.
  private static boolean isDeleted(Path file) {
    try {
      return Files.deleteIfExists(file);
    } catch (IOException e) {
      log.debug("the temporary file {} cannot be removed: {}", file, e.getMessage());
      return false;
    }
  }
}
