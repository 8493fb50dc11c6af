package org.byoemail.platform.event.camel;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.camel.Body;
import org.apache.camel.CamelContext;
import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.support.DefaultMessage;
import org.byoemail.platform.broker.BrokerKind;
import org.byoemail.platform.broker.BrokerOrganizations;
import org.byoemail.platform.broker.ConditionalOnBroker;
import org.byoemail.platform.event.Event;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Makes the records of events. Their key is the message, so that its events stay in order. Each
 * also goes to the topics of the names that stand for its organisation alone: Kafka's rights end at
 * the topic.
 */
@ConditionalOnBroker(BrokerKind.KAFKA)
@Component("kafkaEvents")
public class KafkaEvents {
  private final CamelContext context;
  private final EventMessage messages;
  private final String topic;
  private final Map<String, String> organizations;

  KafkaEvents(CamelContext context, EventMessage messages, Environment environment) {
    this.context = context;
    this.messages = messages;
    this.topic = environment.getRequiredProperty("byo.event.topic");
    this.organizations = BrokerOrganizations.of(environment);
  }

  /** The records, in the order of the events. */
  public List<Message> records(@Body List<Event> events) {
    List<Message> records = new ArrayList<>();
    for (Event event : events) {
      records.add(record(event, topic));
      organizations.forEach(
          (name, organization) -> {
            if (organization.equals(event.organization().value())) {
              records.add(record(event, topic + "." + name));
            }
          });
    }
    return records;
  }

  private Message record(Event event, String to) {
    Message message = new DefaultMessage(context);
    message.setBody(messages.text(event));
    messages.properties(event).forEach(message::setHeader);
    message.setHeader(
        KafkaConstants.KEY,
        Objects.requireNonNullElse(
                event.messageId(), Objects.requireNonNullElse(event.accountId(), event.id()))
            .toString());
    message.setHeader(KafkaConstants.OVERRIDE_TOPIC, to);
    return message;
  }
}
