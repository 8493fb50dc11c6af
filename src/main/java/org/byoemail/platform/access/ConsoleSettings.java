package org.byoemail.platform.access;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The console's login of the settings, and how long logins last.
 *
 * @param user its name (BYO_CONSOLE_USER)
 * @param password its password (BYO_CONSOLE_PASSWORD)
 * @param sessionTimeout how long an unused login lasts, including logins of people
 * @param sessionLifetime the maximum time that a login lasts
 */
@ConfigurationProperties("byo.console")
record ConsoleSettings(
    @DefaultValue("admin") String user,
    @DefaultValue("") String password,
    @DefaultValue("8h") Duration sessionTimeout,
    @DefaultValue("7d") Duration sessionLifetime) {

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
    if (sessionLifetime.compareTo(sessionTimeout) < 0 || sessionLifetime.toDays() > 90) {
      throw new IllegalArgumentException(
          "byo.console.session-lifetime must be byo.console.session-timeout to 90 days");
    }
  }

  @Override
  public String toString() {
    return "ConsoleSettings[user=" + user + "]";
  }
}
