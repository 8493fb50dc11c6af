package org.byoemail.account.rollout;

import java.nio.file.Path;
import java.util.Optional;
import org.byoemail.account.rollout.FlagFile.Invalid;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/** Reads the flag file once, as the gateway does. */
public final class FlagFileCheck {
  private FlagFileCheck() {}

  /**
   * Reads the file that {@code byo.email.flag-file} names.
   *
   * @return its path; empty if there is no such setting
   * @throws IllegalStateException if it is missing or cannot be read, or is invalid; the message
   *     says why
   */
  public static Optional<String> run(Environment environment) {
    String path = environment.getProperty("byo.email.flag-file");
    if (!StringUtils.hasText(path)) {
      return Optional.empty();
    }
    try {
      new FlagFile(Path.of(path)).changed();
      return Optional.of(path);
    } catch (Invalid e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }
}
