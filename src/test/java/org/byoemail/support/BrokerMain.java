package org.byoemail.support;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.activemq.artemis.core.config.FileDeploymentManager;
import org.apache.activemq.artemis.core.config.impl.FileConfiguration;
import org.apache.activemq.artemis.core.config.impl.SecurityConfiguration;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.spi.core.security.ActiveMQJAASSecurityManager;
import org.apache.activemq.artemis.spi.core.security.jaas.InVMLoginModule;

/** A broker as {@code deploy/artemis/broker.xml} configures it, on other ports. */
final class BrokerMain {
  private BrokerMain() {}

  public static void main(String[] arguments) throws Exception {
    Map<String, String> settings = System.getenv();
    FileConfiguration broker = new FileConfiguration();
    new FileDeploymentManager(new File("deploy/artemis/broker.xml").toURI().toString())
        .addDeployable(broker)
        .readConfiguration();
    Path dir = Path.of(settings.get("BROKER_DIR"));
    broker.setPagingDirectory(dir.resolve("paging").toString());
    broker.setBindingsDirectory(dir.resolve("bindings").toString());
    broker.setJournalDirectory(dir.resolve("journal").toString());
    broker.setLargeMessagesDirectory(dir.resolve("large-messages").toString());
    // A full disk of the machine is not what is tested.
    broker.setMaxDiskUsage(-1);
    broker.clearAcceptorConfigurations();
    String prefixes = ";anycastPrefix=queue/;multicastPrefix=topic/";
    accept(broker, settings.get("BROKER_CORE_PORT"), "CORE");
    accept(broker, settings.get("BROKER_AMQP_PORT"), "AMQP" + prefixes);
    accept(broker, settings.get("BROKER_STOMP_PORT"), "STOMP" + prefixes);
    EmbeddedActiveMQ server =
        new EmbeddedActiveMQ()
            .setConfiguration(broker)
            .setSecurityManager(
                new ActiveMQJAASSecurityManager(
                    InVMLoginModule.class.getName(),
                    new SecurityConfiguration(
                        Map.of(
                            "gateway",
                            settings.get("BROKER_GATEWAY_PASSWORD"),
                            "producer",
                            settings.get("BROKER_PRODUCER_PASSWORD")),
                        Map.of("gateway", List.of("gateways"), "producer", List.of("producers")))));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server)));
    server.start();
  }

  private static void accept(FileConfiguration broker, String port, String protocols)
      throws Exception {
    broker.addAcceptorConfiguration(
        protocols.toLowerCase(java.util.Locale.ROOT).replaceAll(";.*", ""),
        "tcp://127.0.0.1:" + port + "?protocols=" + protocols);
  }

  private static void stop(EmbeddedActiveMQ server) {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
