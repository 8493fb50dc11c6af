package org.byoemail.inbound.ingest;

import java.util.ArrayList;
import java.util.List;
import org.byoemail.support.CertificateAuthority;
import org.byoemail.support.DnsServer;
import org.byoemail.support.TestDatabase;
import org.byoemail.support.TestRedis;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.test.context.DynamicPropertyRegistrar;

/** What nodes with the inbound routes work with, and a second one beside that of a test. */
final class InboundNodes {
  /** What the nodes of a test have in common. */
  private static final List<String> SHARED =
      List.of(
          "spring.datasource.url",
          "spring.datasource.username",
          "spring.datasource.password",
          "spring.data.redis.host",
          "spring.data.redis.port",
          "spring.data.redis.database",
          "byo.secret.keyset",
          "byo.connection.allowed-networks",
          "byo.data-dir",
          "byo.lease.ttl",
          "byo.lease.transaction-timeout",
          "byo.mailbox.login-interval",
          "byo.mailbox.reconcile-interval",
          "byo.discovery.resolver",
          "byo.routes.reload",
          "camel.main.routes-include-pattern");

  /** The name server of all of them. */
  static final DnsServer DNS = new DnsServer();

  private InboundNodes() {}

  /**
   * A database and a Redis of the context's own, and trust in the certificates of the servers of
   * the tests. Tests that set nothing more share one context.
   */
  @TestConfiguration
  static class OwnServices {
    @Bean
    DynamicPropertyRegistrar services() {
      return registry -> {
        TestDatabase.register(registry, "inbound");
        TestRedis.register(registry);
        registry.add("byo.discovery.resolver", DNS::address);
        registry.add(
            "byo.connection.trusted-certificates",
            () -> CertificateAuthority.shared().certificate().toString());
      };
    }
  }

  /** Starts a node named two over the services of the test's own. */
  static ConfigurableApplicationContext second(Environment first) {
    List<String> arguments = new ArrayList<>();
    for (String name : SHARED) {
      arguments.add("--" + name + "=" + first.getRequiredProperty(name));
    }
    String flagFile = first.getProperty("byo.email.flag-file");
    if (flagFile != null) {
      arguments.add("--byo.email.flag-file=" + flagFile);
    }
    arguments.add("--camel.main.name=two");
    arguments.add("--byo.lease.node=two");
    return new SpringApplicationBuilder(InboundTestApplication.class)
        .web(WebApplicationType.NONE)
        .run(arguments.toArray(String[]::new));
  }
}
