package org.byoemail.platform.health;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Properties;
import org.byoemail.platform.broker.BrokerLogin;
import org.byoemail.platform.broker.BrokerRefused;
import org.byoemail.platform.broker.BrokerUnavailable;
import org.jspecify.annotations.Nullable;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/**
 * Checks the logins to PostgreSQL, Redis and the broker. A result never contains a password. Safe
 * for use by many threads.
 */
public final class ServiceLogins {
  private static final String TIMEOUT_SECONDS = "10";

  private ServiceLogins() {}

  /**
   * Opens and closes a separate connection.
   *
   * @return why it cannot be used; null if it can
   */
  public static @Nullable ServiceRefusal database(
      String url, @Nullable String user, @Nullable String password) {
    try (java.sql.Connection connection = openDatabase(url, user, password)) {
      return null;
    } catch (ServiceRefusal e) {
      return e;
    } catch (SQLException e) {
      return refusal(Objects.requireNonNullElse(e.getSQLState(), ""), e.getMessage());
    }
  }

  /**
   * Opens a separate connection; its timeouts are {@value #TIMEOUT_SECONDS} seconds.
   *
   * @throws ServiceRefusal if it cannot be used
   */
  public static java.sql.Connection openDatabase(
      String url, @Nullable String user, @Nullable String password) {
    Properties login = new Properties();
    if (user != null) {
      login.setProperty("user", user);
    }
    if (password != null) {
      login.setProperty("password", password);
    }
    login.setProperty("loginTimeout", TIMEOUT_SECONDS);
    login.setProperty("connectTimeout", TIMEOUT_SECONDS);
    try {
      return DriverManager.getConnection(url, login);
    } catch (SQLException e) {
      throw refusal(Objects.requireNonNullElse(e.getSQLState(), ""), e.getMessage());
    }
  }

  private static ServiceRefusal refusal(String state, String words) {
    String said = " (" + words.replaceAll("\\s+", " ").strip() + ")";
    if (state.startsWith("28")) {
      return new ServiceRefusal(
          "PostgreSQL refuses the login" + said + ".",
          "Correct spring.datasource.username and spring.datasource.password.");
    }
    if (state.equals("3D000")) {
      return new ServiceRefusal(
          "PostgreSQL has no such database" + said + ".",
          "Create it, or correct spring.datasource.url.");
    }
    return new ServiceRefusal(
        "PostgreSQL does not answer" + said + ".", "Start it, or correct spring.datasource.url.");
  }

  /**
   * @return why Redis refuses the login; null if it accepts the login, or does not respond, since
   *     the gateway can start without it
   */
  public static @Nullable ServiceRefusal redis(RedisConnectionFactory redis) {
    try (RedisConnection connection = redis.getConnection()) {
      connection.ping();
      return null;
    } catch (DataAccessException e) {
      String words = String.valueOf(NestedExceptionUtils.getMostSpecificCause(e).getMessage());
      return words.matches("(?:WRONGPASS|NOAUTH|NOPERM|ERR AUTH)\\b.*")
          ? new ServiceRefusal(
              "Redis refuses the login (" + words + ").",
              "Correct spring.data.redis.url, or spring.data.redis.username and .password.")
          : null;
    }
  }

  /**
   * @return why the broker refuses the login; null if it accepts the login, or does not respond,
   *     since submissions by HTTP work without it
   */
  public static @Nullable ServiceRefusal broker(BrokerLogin broker) {
    try {
      broker.check();
      return null;
    } catch (BrokerRefused e) {
      return new ServiceRefusal(String.valueOf(e.getMessage()), e.remedy());
    } catch (BrokerUnavailable e) {
      return null;
    }
  }
}
