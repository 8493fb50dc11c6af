package org.byoemail.connection;

import java.time.Duration;

/** How long one waits for a server. */
record Timeouts(Duration connect, Duration read, Duration write, Duration data) {
  static Timeouts working(ConnectionSettings settings) {
    return new Timeouts(
        settings.connectTimeout(),
        settings.readTimeout(),
        settings.writeTimeout(),
        settings.dataTimeout());
  }

  static Timeouts testing(ConnectionSettings settings) {
    Duration test = settings.testTimeout();
    return new Timeouts(test, test, test, test);
  }
}
