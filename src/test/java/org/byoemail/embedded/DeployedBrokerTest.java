package org.byoemail.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.byoemail.support.FreePorts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The broker.xml for an external Artemis says the same as the embedded broker is told. */
class DeployedBrokerTest {
  private static final Path FILE = Path.of("deploy/artemis/broker.xml");
  private static final BrokerUser PRODUCER = new BrokerUser("producer", "secret", null);
  private static final BrokerUser ACME = new BrokerUser("acme-user", "secret", "acme");
  private static final long SOON = Duration.ofSeconds(20).toMillis();
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
    Configuration deployed = withUserOfOneOrganisation(dir);
    Configuration embedded = embedded(List.of(PRODUCER, ACME));

    assertThat(addresses(deployed)).isEqualTo(addresses(embedded)).hasSize(7);
    assertThat(deployed.getAddressSettings()).isEqualTo(embedded.getAddressSettings());
    assertThat(rights(deployed, "producers")).isEqualTo(rights(embedded, "producers"));
    Map<String, Set<String>> rights = rights(embedded, "user-acme-user");
    // The embedded broker proves its name at the queue of all, too.
    rights.put("email.outbound", Set.of());
    rights.put("queue/email.outbound", Set.of());
    assertThat(rights(deployed, "user-acme-user")).isEqualTo(rights);
    assertThat(diverts(deployed)).isEqualTo(diverts(embedded)).hasSize(3);
  }

  @Test
  void userOfOneOrganisationIsKnownByItsQueueOverAmqp(@TempDir Path dir) throws Exception {
    int port = FreePorts.next();
    FileConfiguration configuration = withUserOfOneOrganisation(dir);
    configuration.setPersistenceEnabled(false).setMaxDiskUsage(-1);
    configuration.clearAcceptorConfigurations();
    configuration
        .addAcceptorConfiguration("vm", "vm://" + port)
        .addAcceptorConfiguration(
            "amqp", "tcp://127.0.0.1:" + port + "?protocols=AMQP;anycastPrefix=queue/");
    EmbeddedActiveMQ broker =
        new EmbeddedActiveMQ()
            .setConfiguration(configuration)
            .setSecurityManager(BrokerUsers.securityManager("secret", List.of(PRODUCER, ACME)));
    broker.start();
    try (ActiveMQConnectionFactory inside = new ActiveMQConnectionFactory("vm://" + port);
        JMSContext gateway = inside.createContext("gateway", "secret");
        JMSContext acme =
            new JmsConnectionFactory("acme-user", "secret", "amqp://127.0.0.1:" + port)
                .createContext()) {
      JMSConsumer submissions = gateway.createConsumer(gateway.createQueue("email.outbound"));
      for (String own : List.of("email.outbound.acme-user", "queue/email.outbound.acme-user")) {
        acme.createProducer()
            .setProperty("_AMQ_VALIDATED_USER", "producer")
            .send(acme.createQueue(own), "{}");
        Message submission = submissions.receive(SOON);

        assertThat(submission.getObjectProperty("_AMQ_VALIDATED_USER")).isEqualTo("acme-user");
        assertThat(submission.getBody(String.class)).isEqualTo("{}");
      }
      assertThatThrownBy(() -> acme.createProducer().send(acme.createQueue("email.outbound"), "{}"))
          .isInstanceOf(JMSRuntimeException.class)
          .hasMessageContaining("does not have permission");
    } finally {
      broker.stop();
    }
  }

  private static FileConfiguration withUserOfOneOrganisation(Path dir) throws IOException {
    String template =
        Files.readString(FILE).replaceAll("(?s)<!-- A user of one organisation:(.*?)-->", "$1");
    return deployed(Files.writeString(dir.resolve("broker.xml"), template));
  }

  private static FileConfiguration deployed(Path file) {
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
