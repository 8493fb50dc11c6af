package org.byoemail.platform.event.camel;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import org.apache.camel.CamelContext;
import org.apache.camel.component.jms.JmsComponent;
import org.byoemail.support.BrokerTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jms.support.destination.DestinationResolver;

class BrokerDestinationsTest extends BrokerTest {
  private static final String TOPIC = "email.events";
  private static final String QUEUE = "email.events::email.events.platform";

  @Autowired private CamelContext camel;
  @Autowired private ConnectionFactory broker;

  @Test
  void routesHaveTheirDestinationsFromHere() {
    assertThat(resolver()).isInstanceOf(BrokerDestinations.class);
  }

  @Test
  void brokerIsAskedForADestinationOnce() throws JMSException {
    try (Connection connection = broker.createConnection();
        Session session = connection.createSession()) {
      Destination topic = resolver().resolveDestinationName(session, TOPIC, true);
      Destination queue = resolver().resolveDestinationName(session, QUEUE, false);

      assertThat(topic).isInstanceOf(Topic.class);
      assertThat(queue).isInstanceOf(Queue.class);
      assertThat(resolver().resolveDestinationName(null, TOPIC, true)).isSameAs(topic);
      assertThat(resolver().resolveDestinationName(null, QUEUE, false)).isSameAs(queue);
    }
  }

  private DestinationResolver resolver() {
    return camel
        .getComponent("jms", JmsComponent.class)
        .getConfiguration()
        .getDestinationResolver();
  }
}
