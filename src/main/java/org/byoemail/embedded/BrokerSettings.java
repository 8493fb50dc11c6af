package org.byoemail.embedded;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The embedded broker.
 *
 * @param host the address that it listens on for producers
 * @param amqpPort its port for AMQP 1.0; 0 takes a free one, -1 opens none
 * @param stompPort its port for STOMP; 0 takes a free one, -1 opens none
 * @param producerPassword the password of its user {@code producer}
 * @param users the passwords of further users, by name
 * @param organizations the organisation of each user, {@code *} for every one: must be given where
 *     there are further users
 */
@ConfigurationProperties("byo.broker")
record BrokerSettings(
    @DefaultValue("127.0.0.1") String host,
    @DefaultValue("5672") int amqpPort,
    @DefaultValue("61613") int stompPort,
    @DefaultValue("") String producerPassword,
    @DefaultValue Map<String, String> users,
    @DefaultValue Map<String, String> organizations) {
  static final int OFF = -1;

  BrokerSettings {
    requireValid(amqpPort, "byo.broker.amqp-port");
    requireValid(stompPort, "byo.broker.stomp-port");
  }

  /**
   * All users that submit.
   *
   * @throws EmbeddedPartFailed if there are several and one of them has no organisation
   */
  List<BrokerUser> producers() {
    List<BrokerUser> all = new ArrayList<>();
    all.add(
        new BrokerUser(BrokerUsers.PRODUCER, producerPassword, organization(BrokerUsers.PRODUCER)));
    users.forEach(
        (name, password) -> {
          if (name.equals(BrokerUsers.PRODUCER)) {
            throw new EmbeddedPartFailed(
                "The broker user producer is in byo.broker.users.",
                "Set its password by byo.broker.producer-password.");
          }
          all.add(new BrokerUser(name, password, organization(name)));
        });
    return List.copyOf(all);
  }

  private @Nullable String organization(String user) {
    String organization = organizations.get(user);
    if (users.isEmpty() && organization == null) {
      return null;
    }
    if (organization == null || organization.isBlank()) {
      throw new EmbeddedPartFailed(
          "The broker has several users, and byo.broker.organizations does not say which organisation the user "
              + user
              + " may send for.",
          "Set byo.broker.organizations."
              + user
              + " to its organisation, or to \"*\" for every one.");
    }
    return organization.equals(BrokerUser.EVERY) ? null : organization;
  }

  private static void requireValid(int port, String setting) {
    if (port != OFF) {
      Ports.requireValid(port, setting);
    }
  }

  @Override
  public String toString() {
    return "BrokerSettings[" + host + ", amqp " + amqpPort + ", stomp " + stompPort + "]";
  }
}
