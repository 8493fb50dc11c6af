package org.byoemail.platform.event.camel;

import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jms.support.destination.DynamicDestinationResolver;
import org.springframework.stereotype.Component;

/**
 * Queues and topics by their names. The broker is asked for each once, and not for every event: it
 * answers in turn with all that it does for those who submit. Camel's {@code jms} takes it, as the
 * only one of its kind. Safe for use by many threads.
 */
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
