package org.byoemail.account.connection;

import java.time.Duration;

/**
 * How long one waits for a server.
 *
 * @param opening for a connection with all that is said until it can be used, whatever address
 */
record Timeouts(Duration connect, Duration read, Duration write, Duration data, Duration opening) {
  static Timeouts working(ConnectionSettings settings) {
    return new Timeouts(
        settings.connectTimeout(),
        settings.readTimeout(),
        settings.writeTimeout(),
        settings.dataTimeout(),
        settings.connectTimeout().plus(settings.readTimeout().multipliedBy(2)));
  }

  static Timeouts testing(ConnectionSettings settings) {
    Duration test = settings.testTimeout();
    return new Timeouts(test, test, test, test, settings.testDeadline());
  }
}
