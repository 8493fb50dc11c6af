package org.byoemail.platform.access;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The console's login.
 *
 * @param user its name (BYO_CONSOLE_USER)
 * @param password its password (BYO_CONSOLE_PASSWORD)
 * @param sessionTimeout how long an unused login lasts
 */
@ConfigurationProperties("byo.console")
record ConsoleSettings(
    @DefaultValue("admin") String user,
    @DefaultValue("") String password,
    @DefaultValue("8h") Duration sessionTimeout) {

  ConsoleSettings {
    if (user.isBlank()) {
      throw new IllegalArgumentException("byo.console.user (BYO_CONSOLE_USER) is empty");
    }
    if (password.isBlank()) {
      throw new IllegalArgumentException(
          "byo.console.password (BYO_CONSOLE_PASSWORD) is not set: nobody could log in");
    }
    if (sessionTimeout.toSeconds() < 1) {
      throw new IllegalArgumentException("byo.console.session-timeout must be a second at least");
    }
  }

  @Override
  public String toString() {
    return "ConsoleSettings[user=" + user + "]";
  }
}
