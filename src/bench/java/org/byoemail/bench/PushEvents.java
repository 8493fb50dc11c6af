package org.byoemail.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.byoemail.support.BrokerProcess;

/**
 * A subscriber at the broker that notes when it hears of each mail, by the number in its subject.
 */
final class PushEvents implements AutoCloseable {
  static final String SUBJECT = "push ";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ActiveMQConnectionFactory factory;
  private final Connection connection;
  private final AtomicLongArray nanos;

  PushEvents(BrokerProcess broker, int mails) throws JMSException {
    nanos = new AtomicLongArray(mails);
    factory = new ActiveMQConnectionFactory(broker.url());
    connection = factory.createConnection("gateway", BrokerProcess.GATEWAY_PASSWORD);
    Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
    session
        .createConsumer(session.createTopic("email.events"))
        .setMessageListener(message -> hear(message, System.nanoTime()));
    connection.start();
  }

  private void hear(Message message, long now) {
    try {
      JsonNode event = JSON.readTree(message.getBody(String.class));
      String subject = event.at("/data/subject").asText();
      if (event.path("type").asText().equals("message.received") && subject.startsWith(SUBJECT)) {
        nanos.compareAndSet(Integer.parseInt(subject.substring(SUBJECT.length())), 0, now);
      }
    } catch (JMSException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Of how many mails it has heard. */
  long heard() {
    return Arrays.stream(nanos()).filter(time -> time != 0).count();
  }

  /** When it heard of each, by {@link System#nanoTime}; 0 where it has not yet. */
  long[] nanos() {
    return IntStream.range(0, nanos.length()).mapToLong(nanos::get).toArray();
  }

  @Override
  public void close() throws JMSException {
    try (factory) {
      connection.close();
    }
  }
}
