package org.byoemail.platform.broker;

/** The gateway's login to the selected broker. Implementations are thread-safe. */
public interface BrokerLogin {
  /**
   * Logs in, or uses a connection that is logged in, and checks that the queues or topics exist. It
   * may wait as long as the client's connect timeout.
   *
   * @return the product and its version
   * @throws BrokerRefused if the login is refused or a queue or topic is missing
   * @throws BrokerUnavailable if the broker does not respond
   */
  String check();
}
