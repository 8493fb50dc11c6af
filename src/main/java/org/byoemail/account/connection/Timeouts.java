package org.byoemail.account.connection;

import java.time.Duration;

/**
 * The timeouts of a connection.
 *
 * @param opening of connect and login in total, over all addresses
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
