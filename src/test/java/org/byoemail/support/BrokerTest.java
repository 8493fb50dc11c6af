package org.byoemail.support;

import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/**
 * The routes at the broker's edge, with the embedded broker and a real PostgreSQL, without Redis
 * and mail servers. All tests that extend it share one context: each makes data of its own.
 */
@WithoutMockBeans
@SpringBootTest(
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "camel.main.routes-include-pattern=file:routes/error-handling.camel.yaml,"
          + "file:routes/brokers/artemis/outbound/*.camel.yaml,file:routes/event/*.camel.yaml,"
          + "file:routes/brokers/artemis/event/*.camel.yaml,"
          + "file:routes/webhook/*.camel.yaml",
      "byo.routes.reload=false",
      "spring.data.redis.url=redis://127.0.0.1:1",
      "byo.demo.enabled=false",
      "byo.connection.allowed-networks=127.0.0.0/8,::1/128",
      "byo.broker.amqp-port=0",
      "byo.broker.stomp-port=0",
      "byo.broker.producer-password=" + BrokerTest.PRODUCER_PASSWORD,
      "byo.broker.organizations.gateway=*",
      "byo.broker.organizations.producer=producers-org",
      "byo.broker.users.second=" + BrokerTest.PRODUCER_PASSWORD,
      "byo.broker.organizations.second=seconds-org",
      "byo.broker.users.all=" + BrokerTest.PRODUCER_PASSWORD,
      "byo.broker.organizations.all=*",
      "byo.api.admin-key=" + WebTest.ADMIN_KEY,
      "byo.console.password=" + WebTest.CONSOLE_PASSWORD,
      "byo.secret.keyset=" + WebTest.KEYSET
    })
public abstract class BrokerTest {
  protected static final String ADMIN_KEY = WebTest.ADMIN_KEY;
  protected static final String PRODUCER_PASSWORD = "the-producer-password-of-the-tests";

  @Autowired private EmbeddedActiveMQ embeddedBroker;

  /** Where the broker listens for a protocol: amqp or stomp. */
  protected int port(String acceptor) {
    return embeddedBroker.getConfiguration().getAcceptorConfigurations().stream()
        .filter(one -> acceptor.equals(one.getName()))
        .map(one -> Integer.parseInt(one.getParams().get("port").toString()))
        .findFirst()
        .orElseThrow();
  }

  @DynamicPropertySource
  static void settings(DynamicPropertyRegistry registry) {
    TestDatabase.register(registry, "broker_test");
  }
}
