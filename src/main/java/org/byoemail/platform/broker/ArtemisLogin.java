package org.byoemail.platform.broker;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;

/** Logs in to Artemis, by a connection of its own. */
public final class ArtemisLogin implements BrokerLogin {
  private final ConnectionFactory connections;

  public ArtemisLogin(ConnectionFactory connections) {
    this.connections = connections;
  }

  @Override
  public String check() {
    try (Connection connection = connections.createConnection()) {
      connection.start();
      return connection.getMetaData().getJMSProviderName()
          + " "
          + connection.getMetaData().getProviderVersion();
    } catch (JMSSecurityException e) {
      throw new BrokerRefused(
          "The broker refuses the login (" + e.getMessage() + ").",
          "Correct spring.artemis.user and spring.artemis.password.");
    } catch (JMSException e) {
      throw new BrokerUnavailable(
          "The broker does not answer (" + e.getMessage() + ").",
          "Start it, or correct spring.artemis.broker-url.");
    }
  }
}
