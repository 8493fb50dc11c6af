package org.byoemail.outbound.submission.camel;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.component.kafka.consumer.KafkaManualCommit;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.byoemail.platform.broker.BrokerKind;
import org.byoemail.platform.broker.ConditionalOnBroker;
import org.byoemail.platform.trace.TraceParent;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Submissions from Kafka. Topic, partition and offset are what the client says; of the headers of a
 * record, the trace alone is read. Kafka does not say whether a record was delivered before: one
 * that does not follow the last of its partition at this node may have been.
 */
@ConditionalOnBroker(BrokerKind.KAFKA)
@Component
class KafkaSubmissions implements SubmissionMessages {
  private final String queue;
  private final Map<String, Long> expected = new ConcurrentHashMap<>();

  KafkaSubmissions(Environment environment) {
    this.queue = environment.getRequiredProperty("byo.outbound.queue");
  }

  @Override
  public OriginalSubmission of(Exchange exchange) {
    Message message = exchange.getMessage();
    String topic = required(message, KafkaConstants.TOPIC, String.class);
    String partition = topic + "-" + required(message, KafkaConstants.PARTITION, Integer.class);
    long offset = required(message, KafkaConstants.OFFSET, Long.class);
    Long next = expected.put(partition, offset + 1);
    byte[] body = message.getBody(byte[].class);
    return new KafkaSubmission(
        body == null ? new byte[0] : body,
        topic,
        queue,
        partition + "-" + offset,
        next == null || next != offset,
        required(message, KafkaConstants.MANUAL_COMMIT, KafkaManualCommit.class),
        trace(message.getHeader(KafkaConstants.HEADERS, Headers.class)));
  }

  private static @Nullable TraceParent trace(@Nullable Headers headers) {
    Header found = headers == null ? null : headers.lastHeader(TraceParent.NAME);
    return found == null || found.value() == null
        ? null
        : TraceParent.parse(new String(found.value(), StandardCharsets.US_ASCII));
  }

  private static <T> T required(Message message, String header, Class<T> type) {
    return Objects.requireNonNull(message.getHeader(header, type), header);
  }
}
