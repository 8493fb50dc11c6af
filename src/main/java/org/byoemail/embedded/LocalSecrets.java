package org.byoemail.embedded;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * Secrets made on this machine and kept in files that only their owner may read. Two processes that
 * ask for the same new secret get the same one.
 */
final class LocalSecrets {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path folder;

  LocalSecrets(Path folder) {
    this.folder = folder;
  }

  /** The password of this name: letters, digits, {@code -} and {@code _}; created at first use. */
  String password(String name) {
    return readOrKeep(name, fresh());
  }

  /** The 32-byte key of this name in Base64, created at first use. */
  String key(String name) {
    byte[] key = new byte[32];
    RANDOM.nextBytes(key);
    return readOrKeep(name, Base64.getEncoder().encodeToString(key));
  }

  /** A random password that is not stored. */
  static String fresh() {
    byte[] bytes = new byte[18];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  boolean has(String name) {
    return Files.exists(file(name));
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  private String readOrKeep(String name, String fresh) {
    Path file = file(name);
    try {
      return read(file);
    } catch (NoSuchFileException missing) {
      return keep(file, fresh);
    } catch (IOException e) {
      throw unusable(file, e);
    }
  }

  private static String keep(Path file, String fresh) {
    try {
      PrivateFiles.writeNew(file, fresh + "\n");
      return fresh;
    } catch (FileAlreadyExistsException madeMeanwhile) {
      try {
        return read(file);
      } catch (IOException e) {
        throw unusable(file, e);
      }
    } catch (IOException e) {
      throw unusable(file, e);
    }
  }

  private static String read(Path file) throws IOException {
    String secret = Files.readString(file).strip();
    if (secret.isEmpty()) {
      throw new IOException("it is empty");
    }
    return secret;
  }

  private static EmbeddedPartFailed unusable(Path file, IOException cause) {
    return new EmbeddedPartFailed(
        "The secret in " + file + " cannot be read or created: " + cause.getMessage() + ".",
        "Give it back to the user that runs this program, or put it back from a backup.",
        cause);
  }
}
