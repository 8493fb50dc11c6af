package org.byoemail.platform.access;

import org.byoemail.platform.health.StartRefused;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.EnvironmentPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.util.StringUtils;

/**
 * Stops the start at once where nobody could come in. The settings would notice too, but later, and
 * in more words.
 */
class FirstKeys implements EnvironmentPostProcessor, Ordered {
  private static final String PROGRAM = "org.byoemail";

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    Class<?> main = application.getMainApplicationClass();
    // Tests bring their settings later.
    if (main == null || !main.getPackageName().equals(PROGRAM)) {
      return;
    }
    if (!StringUtils.hasText(environment.getProperty("byo.api.admin-key"))) {
      throw new Missing(
          "BYO_API_ADMIN_KEY is not set: nobody could use the API.",
          "Make a key with 'openssl rand -hex 24' and set it.");
    }
    if (environment.getProperty("byo.api.admin-key", "").length() < ApiSettings.MIN_KEY_LENGTH) {
      throw new Missing(
          "BYO_API_ADMIN_KEY is shorter than "
              + ApiSettings.MIN_KEY_LENGTH
              + " characters: it could be guessed.",
          "Make a key with 'openssl rand -hex 24' and set it.");
    }
    if (!StringUtils.hasText(environment.getProperty("byo.console.password"))) {
      throw new Missing(
          "BYO_CONSOLE_PASSWORD is not set: nobody could log in to the console.",
          "Make a password with 'openssl rand -hex 12' and set it.");
    }
  }

  /** Runs after the embedded parts have set theirs; therefore listed after them. */
  @Override
  public int getOrder() {
    return Ordered.LOWEST_PRECEDENCE;
  }

  /** A required key is not set. */
  static final class Missing extends StartRefused {
    private static final long serialVersionUID = 1;

    Missing(String what, String remedy) {
      super(what, remedy);
    }
  }
}
