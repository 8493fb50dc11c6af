package org.byoemail.outbound.submission.camel;

import org.apache.camel.component.kafka.consumer.KafkaManualCommit;
import org.byoemail.platform.trace.TraceParent;
import org.jspecify.annotations.Nullable;

/** A submission in a record of Kafka. */
final class KafkaSubmission extends BytesSubmission {
  private final String id;
  private final KafkaManualCommit offset;
  private final @Nullable TraceParent trace;

  /**
   * @param topic that it comes from
   * @param queue the topic of producers that may send for every organisation
   * @param id topic, partition and offset
   * @param offset commits the record
   * @param trace of its producer
   */
  KafkaSubmission(
      byte[] body,
      String topic,
      String queue,
      String id,
      boolean deliveredBefore,
      KafkaManualCommit offset,
      @Nullable TraceParent trace) {
    super(body, topic, queue, deliveredBefore);
    this.id = id;
    this.offset = offset;
    this.trace = trace;
  }

  @Override
  public @Nullable TraceParent trace() {
    return trace;
  }

  @Override
  String ownId() {
    return id;
  }

  @Override
  public String brokersId() {
    return id;
  }

  /** Commits its offset, and so all that stand before it in the partition. */
  void acknowledge() {
    offset.commit();
  }
}
