package org.byoemail.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.FileDeploymentManager;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.config.impl.FileConfiguration;
import org.apache.activemq.artemis.core.security.Role;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The broker.xml for an external Artemis says the same as the embedded broker is told. */
class DeployedBrokerTest {
  private static final FileConfiguration DEPLOYED = new FileConfiguration();
  private static final Configuration EMBEDDED = new ConfigurationImpl();

  @BeforeAll
  static void read() throws Exception {
    new FileDeploymentManager(new File("deploy/artemis/broker.xml").toURI().toString())
        .addDeployable(DEPLOYED)
        .readConfiguration();
    BrokerUsers.applyTo(EMBEDDED);
    BrokerAddresses.applyTo(EMBEDDED);
  }

  @Test
  void addressesAndQueuesAreTheSame() {
    assertThat(addresses(DEPLOYED)).isEqualTo(addresses(EMBEDDED));
  }

  @Test
  void redeliveryAndExpiryAreTheSame() {
    assertThat(DEPLOYED.getAddressSettings()).isEqualTo(EMBEDDED.getAddressSettings());
  }

  @Test
  void producersMayDoTheSame() {
    assertThat(producers(DEPLOYED)).isEqualTo(producers(EMBEDDED));
    assertThat(DEPLOYED.isPopulateValidatedUser()).isTrue();
    assertThat(DEPLOYED.isSecurityEnabled()).isTrue();
  }

  private static Map<String, String> addresses(Configuration broker) {
    Map<String, String> addresses = new TreeMap<>();
    broker
        .getAddressConfigurations()
        .forEach(
            address ->
                addresses.put(
                    address.getName(),
                    address.getRoutingTypes()
                        + address.getQueueConfigs().stream()
                            .map(q -> q.getName() + " " + ring(q) + " " + q.isDurable())
                            .toList()
                            .toString()));
    return addresses;
  }

  private static long ring(QueueConfiguration queue) {
    return queue.getRingSize() == null ? -1 : queue.getRingSize();
  }

  private static Map<String, Set<String>> producers(Configuration broker) {
    Map<String, Set<String>> rights = new TreeMap<>();
    broker
        .getSecurityRoles()
        .forEach(
            (address, roles) ->
                rights.put(
                    address,
                    roles.stream()
                        .filter(role -> role.getName().equals("producers"))
                        .map(Role::toString)
                        .collect(Collectors.toCollection(TreeSet::new))));
    // A pattern there, an address here: both mean the address.
    Set<String> events = rights.remove("email.events.#");
    if (events != null) {
      rights.put("email.events", events);
    }
    return rights;
  }
}
