package org.byoemail.embedded;

import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.byoemail.embedded.ConditionalOnEmbedded.Part;
import org.springframework.boot.autoconfigure.jms.artemis.ArtemisConfigurationCustomizer;
import org.springframework.boot.autoconfigure.jms.artemis.ArtemisConnectionDetails;
import org.springframework.boot.autoconfigure.jms.artemis.ArtemisMode;
import org.springframework.boot.autoconfigure.jms.artemis.ArtemisProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.util.unit.DataSize;

/** The embedded Artemis broker: Spring Boot's own, with users, acceptors and addresses. */
@org.springframework.context.annotation.Configuration(proxyBeanMethods = false)
@ConditionalOnEmbedded(Part.BROKER)
class BrokerConfiguration {
  // Artemis blocks every sender when a disk is nine tenths full, which is a common state of a
  // developer's disk with plenty of room. What counts is the room left: some mails and the journal.
  private static final long MIN_FREE_BYTES = 1L << 30;

  // How long a write waits for company before it is synced. Artemis' default of 3.3 ms for NIO is
  // meant for rotating disks and lets one producer send 240 durable messages a second; with this
  // one 1,800, and eight producers 4,000 instead of 1,900.
  private static final int JOURNAL_WAIT_NANOS = 200_000;

  // Journal files are compacted when so little of them is still needed. At Artemis' default of 30
  // the events that a subscription keeps have submissions read again that were consumed long ago.
  private static final int COMPACT_BELOW_PERCENT = 10;

  private static final DataSize MAX_MESSAGE = DataSize.ofMegabytes(25);

  // A submission's JSON has at most twice the length of its message, and the broker keeps text as
  // two bytes a character.
  private static final int TIMES = 4;

  /** For the headers of a STOMP frame, which is one byte a character. */
  private static final long FRAME_HEADERS = 64 << 10;

  private static final int MAX_UNFINISHED_FRAMES = 8;

  /** The password of the application's own user, new at each start. */
  private final String gatewayPassword = LocalSecrets.fresh();

  /** Depends on the data folder so that it is locked before the broker starts. */
  @Bean
  ArtemisConfigurationCustomizer brokerCustomizer(
      DataFolder data, BrokerSettings settings, Environment environment) {
    DataSize maxMessageSize =
        environment.getProperty("byo.outbound.max-message-size", DataSize.class, MAX_MESSAGE);
    return broker -> {
      data.folder("broker");
      broker.setMinDiskFree(MIN_FREE_BYTES).setMaxDiskUsage(-1);
      broker.setJournalBufferTimeout_NIO(JOURNAL_WAIT_NANOS);
      broker.setJournalCompactPercentage(COMPACT_BELOW_PERCENT);
      BrokerUsers.applyTo(broker, settings.producers());
      BrokerAddresses.applyTo(broker, settings.producers());
      BrokerAcceptors.applyTo(broker, settings);
      broker.registerBrokerPlugin(
          new SubmissionGuard(settings.producers(), TIMES * maxMessageSize.toBytes()));
      long maxFrame = TIMES / 2 * maxMessageSize.toBytes() + FRAME_HEADERS;
      broker.registerBrokerPlugin(
          new StompFrameLimit(
              maxFrame,
              Math.max(
                  maxFrame,
                  Math.min(
                      MAX_UNFINISHED_FRAMES * maxFrame, Runtime.getRuntime().maxMemory() / 4))));
    };
  }

  /** Replaces Spring Boot's security manager, which knows no users. */
  @Bean(initMethod = "start", destroyMethod = "stop")
  EmbeddedActiveMQ embeddedActiveMq(
      Configuration broker, ArtemisConfigurationCustomizer customizer, BrokerSettings settings) {
    customizer.customize(broker);
    return new EmbeddedActiveMQ()
        .setConfiguration(broker)
        .setSecurityManager(BrokerUsers.securityManager(gatewayPassword, settings.producers()));
  }

  /**
   * How the application itself connects. Spring Boot's embedded mode gives no user; the same
   * connection inside the JVM, named as a URL, does. That it needs the broker makes Spring stop the
   * broker after every connection.
   */
  @Bean
  ArtemisConnectionDetails embeddedBroker(EmbeddedActiveMQ broker, ArtemisProperties properties) {
    int serverId = properties.getEmbedded().getServerId();
    return new ArtemisConnectionDetails() {
      @Override
      public ArtemisMode getMode() {
        return ArtemisMode.NATIVE;
      }

      @Override
      public String getBrokerUrl() {
        return "vm://" + serverId;
      }

      @Override
      public String getUser() {
        return BrokerUsers.GATEWAY;
      }

      @Override
      public String getPassword() {
        return gatewayPassword;
      }
    };
  }
}
