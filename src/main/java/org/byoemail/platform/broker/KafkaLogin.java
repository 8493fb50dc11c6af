package org.byoemail.platform.broker;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Checks the gateway's login to Kafka by an admin client that it keeps, that topics exist, and that
 * consumers read.
 */
final class KafkaLogin implements BrokerLogin, AutoCloseable {
  private static final int TIMEOUT_MILLIS = 4_000;
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(1);

  /** Longer than Kafka waits for a consumer, by default. */
  static final Duration MAX_SILENCE = Duration.ofMinutes(6);

  private final KafkaConnection connection;
  private final List<String> topics;
  private final KafkaPolls polls;
  private @Nullable Admin admin;

  /**
   * @param topics that are consumed or sent to
   */
  KafkaLogin(KafkaConnection connection, List<String> topics, KafkaPolls polls) {
    this.connection = connection;
    this.topics = topics;
    this.polls = polls;
  }

  @Override
  public synchronized String check() {
    try {
      Admin client = admin();
      String cluster =
          client.describeCluster().clusterId().get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
      requireTopics(client);
      requireConsumers(polls);
      return "Kafka, cluster " + cluster;
    } catch (ExecutionException e) {
      throw explained(e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException | KafkaException e) {
      throw explained(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw explained(e);
    }
  }

  /** A consumer whose thread has ended or hangs takes no submissions, though Kafka answers. */
  static void requireConsumers(KafkaPolls polls) {
    Duration silence = polls.longestSilence();
    if (silence.compareTo(MAX_SILENCE) > 0) {
      throw new BrokerUnavailable(
          "A consumer of this node has not asked Kafka for submissions for "
              + silence.toMinutes()
              + " min.",
          "Restart the route outbound-accept or the node; what it logged before says why.");
    }
  }

  /** One by one, since the failure does not say which topic it is about. */
  private void requireTopics(Admin client)
      throws ExecutionException, InterruptedException, TimeoutException {
    for (Map.Entry<String, KafkaFuture<TopicDescription>> topic :
        client.describeTopics(topics).topicNameValues().entrySet()) {
      try {
        topic.getValue().get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof UnknownTopicOrPartitionException) {
          throw new BrokerRefused(
              "Kafka lacks the topic " + topic.getKey() + ".",
              "Create it (docs/brokers.md), or correct byo.outbound.queue,"
                  + " byo.outbound.rejected-queue or byo.event.topic.");
        }
        throw e;
      }
    }
  }

  private Admin admin() {
    Admin present = admin;
    if (present == null) {
      Map<String, Object> properties = new HashMap<>(connection.clientProperties());
      properties.put("request.timeout.ms", TIMEOUT_MILLIS);
      properties.put("default.api.timeout.ms", TIMEOUT_MILLIS);
      present = Admin.create(properties);
      admin = present;
    }
    return present;
  }

  private RuntimeException explained(Throwable failure) {
    if (failure instanceof AuthenticationException) {
      // The client repeats the failure until it is made again.
      close();
      return new BrokerRefused(
          "Kafka refuses the login.",
          "Correct byo.broker.kafka.username, .password, .sasl-mechanism and .security-protocol.");
    }
    if (failure instanceof AuthorizationException) {
      return new BrokerRefused(
          "Kafka refuses access (" + failure.getMessage() + ").",
          "Grant the user the rights of docs/brokers.md.");
    }
    return new BrokerUnavailable(
        "Kafka does not answer (" + failure.getClass().getSimpleName() + ").",
        "Start it, or correct byo.broker.kafka.bootstrap-servers and .security-protocol.");
  }

  @Override
  public synchronized void close() {
    Admin present = admin;
    admin = null;
    if (present != null) {
      present.close(CLOSE_WITHIN);
    }
  }
}
