package org.byoemail.embedded;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.SecurityConfiguration;
import org.apache.activemq.artemis.core.security.Role;
import org.apache.activemq.artemis.spi.core.security.ActiveMQJAASSecurityManager;
import org.apache.activemq.artemis.spi.core.security.jaas.InVMLoginModule;

/** Who may do what on the broker: the gateway everything, a producer what it needs. */
final class BrokerUsers {
  static final String GATEWAY = "gateway";
  static final String PRODUCER = "producer";

  private static final String GATEWAYS = "gateways";
  private static final String PRODUCERS = "producers";

  private BrokerUsers() {}

  /** Knows both users by password; nobody else, and nobody without one. */
  static ActiveMQJAASSecurityManager securityManager(
      String gatewayPassword, String producerPassword) {
    return new ActiveMQJAASSecurityManager(
        InVMLoginModule.class.getName(),
        new SecurityConfiguration(
            Map.of(GATEWAY, gatewayPassword, PRODUCER, producerPassword),
            Map.of(GATEWAY, List.of(GATEWAYS), PRODUCER, List.of(PRODUCERS))));
  }

  static void applyTo(Configuration broker) {
    broker.setSecurityEnabled(true);
    // Tells the gateway who sent a submission; a client cannot set it itself.
    broker.setPopulateValidatedUser(true);
    Role all = everything();
    Role send = producer();
    send.setSend(true);
    broker.putSecurityRoles("#", Set.of(all));
    broker.putSecurityRoles(BrokerAddresses.OUTBOUND, Set.of(all, send));
    // A sender over AMQP is checked before the prefix is taken off.
    broker.putSecurityRoles(
        BrokerAcceptors.ANYCAST_PREFIX + BrokerAddresses.OUTBOUND, Set.of(all, send));
    broker.putSecurityRoles(BrokerAddresses.REJECTED, Set.of(all, consume()));
    broker.putSecurityRoles(BrokerAddresses.EVENTS, Set.of(all, subscribe()));
    // Its own subscriptions a producer may delete, this queue it may not.
    broker.putSecurityRoles(
        BrokerAddresses.EVENTS + "::" + BrokerAddresses.PLATFORM, Set.of(all, consume()));
  }

  private static Role everything() {
    return new Role(
        GATEWAYS, true, true, true, true, true, true, true, true, true, true, true, true);
  }

  private static Role producer() {
    Role role = new Role();
    role.setName(PRODUCERS);
    return role;
  }

  private static Role consume() {
    Role role = producer();
    role.setConsume(true);
    role.setBrowse(true);
    return role;
  }

  private static Role subscribe() {
    Role role = consume();
    role.setCreateDurableQueue(true);
    role.setDeleteDurableQueue(true);
    role.setCreateNonDurableQueue(true);
    role.setDeleteNonDurableQueue(true);
    return role;
  }
}
