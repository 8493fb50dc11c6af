package org.byoemail.embedded;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.SecurityConfiguration;
import org.apache.activemq.artemis.core.security.Role;
import org.apache.activemq.artemis.spi.core.security.ActiveMQJAASSecurityManager;
import org.apache.activemq.artemis.spi.core.security.jaas.InVMLoginModule;

/**
 * Who may do what on the broker: the gateway everything, a producer what it needs. A producer of
 * one organisation submits to and reads its own queues, and makes, deletes and browses none.
 */
final class BrokerUsers {
  static final String GATEWAY = "gateway";
  static final String PRODUCER = "producer";

  private static final String GATEWAYS = "gateways";
  private static final String PRODUCERS = "producers";

  private BrokerUsers() {}

  /** Authenticates these users by password; anonymous clients are refused. */
  static ActiveMQJAASSecurityManager securityManager(
      String gatewayPassword, List<BrokerUser> producers) {
    Map<String, String> passwords = new HashMap<>();
    Map<String, List<String>> roles = new HashMap<>();
    passwords.put(GATEWAY, gatewayPassword);
    roles.put(GATEWAY, List.of(GATEWAYS));
    for (BrokerUser user : producers) {
      passwords.put(user.name(), user.password());
      roles.put(user.name(), List.of(role(user)));
    }
    return new ActiveMQJAASSecurityManager(
        InVMLoginModule.class.getName(), new SecurityConfiguration(passwords, roles));
  }

  static void applyTo(Configuration broker, List<BrokerUser> producers) {
    broker.setSecurityEnabled(true);
    // Names the sender of a submission; a client cannot set it.
    broker.setPopulateValidatedUser(true);
    Role all = everything();
    Set<Role> senders = new HashSet<>();
    senders.add(all);
    senders.add(send(PRODUCERS));
    broker.putSecurityRoles("#", Set.of(all));
    for (BrokerUser user : producers) {
      if (user.organization() != null) {
        senders.add(send(role(user)));
        Set<Role> owner = Set.of(all, send(role(user)));
        broker.putSecurityRoles(user.submissions(), owner);
        broker.putSecurityRoles(BrokerAcceptors.ANYCAST_PREFIX + user.submissions(), owner);
        broker.putSecurityRoles(user.events(), Set.of(all, consume(role(user))));
        broker.putSecurityRoles(user.rejected(), Set.of(all, consume(role(user))));
      }
    }
    broker.putSecurityRoles(BrokerAddresses.OUTBOUND, senders);
    // A sender over AMQP is checked before the prefix is taken off.
    broker.putSecurityRoles(BrokerAcceptors.ANYCAST_PREFIX + BrokerAddresses.OUTBOUND, senders);
    broker.putSecurityRoles(BrokerAddresses.REJECTED, Set.of(all, read()));
    broker.putSecurityRoles(BrokerAddresses.EVENTS, Set.of(all, subscribe()));
    // Its own subscriptions a producer may delete, this queue it may not.
    broker.putSecurityRoles(
        BrokerAddresses.EVENTS + "::" + BrokerAddresses.PLATFORM, Set.of(all, read()));
  }

  /** A user of one organisation has a role of its own. */
  private static String role(BrokerUser user) {
    return user.organization() == null ? PRODUCERS : "user-" + user.name();
  }

  private static Role everything() {
    return new Role(
        GATEWAYS, true, true, true, true, true, true, true, true, true, true, true, true);
  }

  private static Role named(String name) {
    Role role = new Role();
    role.setName(name);
    return role;
  }

  private static Role send(String name) {
    Role role = named(name);
    role.setSend(true);
    return role;
  }

  private static Role consume(String name) {
    Role role = named(name);
    role.setConsume(true);
    return role;
  }

  private static Role read() {
    Role role = consume(PRODUCERS);
    role.setBrowse(true);
    return role;
  }

  private static Role subscribe() {
    Role role = read();
    role.setCreateDurableQueue(true);
    role.setDeleteDurableQueue(true);
    role.setCreateNonDurableQueue(true);
    role.setDeleteNonDurableQueue(true);
    return role;
  }
}
