package org.byoemail.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The broker.xml for an external Artemis says the same as the embedded broker is told. */
class DeployedBrokerTest {
  private static final Path FILE = Path.of("deploy/artemis/broker.xml");
  private static final BrokerUser PRODUCER = new BrokerUser("producer", "secret", null);
  private static final Configuration DEPLOYED = deployed(FILE);
  private static final Configuration EMBEDDED = embedded(List.of(PRODUCER));

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
    assertThat(rights(DEPLOYED, "producers")).isEqualTo(rights(EMBEDDED, "producers"));
    assertThat(DEPLOYED.isPopulateValidatedUser()).isTrue();
    assertThat(DEPLOYED.isSecurityEnabled()).isTrue();
  }

  @Test
  void templateForAUserOfOneOrganisationSaysTheSame(@TempDir Path dir) throws Exception {
    String template =
        Files.readString(FILE)
            .replaceAll("(?s)<!-- A user of one organisation:(.*?)-->", "$1")
            .replace(
                "\"send\" roles=\"gateways,producers\"",
                "\"send\" roles=\"gateways,producers,user-acme-user\"");
    Configuration deployed = deployed(Files.writeString(dir.resolve("broker.xml"), template));
    Configuration embedded =
        embedded(List.of(PRODUCER, new BrokerUser("acme-user", "secret", "acme")));

    assertThat(addresses(deployed)).isEqualTo(addresses(embedded)).hasSize(6);
    assertThat(deployed.getAddressSettings()).isEqualTo(embedded.getAddressSettings());
    assertThat(rights(deployed, "producers")).isEqualTo(rights(embedded, "producers"));
    assertThat(rights(deployed, "user-acme-user")).isEqualTo(rights(embedded, "user-acme-user"));
    assertThat(diverts(deployed)).isEqualTo(diverts(embedded)).hasSize(2);
  }

  private static Configuration deployed(Path file) {
    FileConfiguration broker = new FileConfiguration();
    try {
      new FileDeploymentManager(file.toUri().toString()).addDeployable(broker).readConfiguration();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return broker;
  }

  private static Configuration embedded(List<BrokerUser> producers) {
    Configuration broker = new ConfigurationImpl();
    BrokerUsers.applyTo(broker, producers);
    BrokerAddresses.applyTo(broker, producers);
    return broker;
  }

  private static Set<String> diverts(Configuration broker) {
    return broker.getDivertConfigurations().stream()
        .map(
            divert ->
                String.join(
                    " ",
                    divert.getName(),
                    divert.getAddress(),
                    divert.getForwardingAddress(),
                    divert.getFilterString(),
                    String.valueOf(divert.isExclusive()),
                    divert.getRoutingType().name()))
        .collect(Collectors.toCollection(TreeSet::new));
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

  private static Map<String, Set<String>> rights(Configuration broker, String of) {
    Map<String, Set<String>> rights = new TreeMap<>();
    broker
        .getSecurityRoles()
        .forEach(
            (address, roles) ->
                rights.put(
                    address,
                    roles.stream()
                        .filter(role -> role.getName().equals(of))
                        .map(Role::toString)
                        .collect(Collectors.toCollection(TreeSet::new))));
    return rights;
  }
}
