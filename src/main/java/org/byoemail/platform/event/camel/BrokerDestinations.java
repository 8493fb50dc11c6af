package org.byoemail.platform.event.camel;

import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.byoemail.platform.broker.BrokerKind;
import org.byoemail.platform.broker.ConditionalOnBroker;
import org.jspecify.annotations.Nullable;
import org.springframework.jms.support.destination.DynamicDestinationResolver;
import org.springframework.stereotype.Component;

/**
 * Caches queues and topics by name, so that the broker resolves each once and not per event.
 * Camel's {@code jms} component picks it up as the only bean of its type. Thread-safe.
 */
@ConditionalOnBroker(BrokerKind.ARTEMIS)
@Component
class BrokerDestinations extends DynamicDestinationResolver {
  private final Map<String, Destination> queues = new ConcurrentHashMap<>();
  private final Map<String, Destination> topics = new ConcurrentHashMap<>();

  @Override
  public Destination resolveDestinationName(
      @Nullable Session session, String name, boolean pubSubDomain) throws JMSException {
    Map<String, Destination> known = pubSubDomain ? topics : queues;
    Destination destination = known.get(name);
    if (destination == null) {
      destination = super.resolveDestinationName(session, name, pubSubDomain);
      known.put(name, destination);
    }
    return destination;
  }
}
