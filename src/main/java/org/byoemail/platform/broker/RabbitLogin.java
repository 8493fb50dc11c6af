package org.byoemail.platform.broker;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.rabbit.connection.Connection;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;

/**
 * Checks the gateway's connection to RabbitMQ, by a channel that it closes, and that the queues and
 * the exchange exist.
 */
final class RabbitLogin implements BrokerLogin {
  private static final String DECLARE =
      "Declare it (deploy/rabbitmq/definitions.json), or correct ";

  private final ConnectionFactory connections;
  private final List<String> queues;
  private final String exchange;

  /**
   * @param queues that are consumed or sent to
   * @param exchange of the events
   */
  RabbitLogin(ConnectionFactory connections, List<String> queues, String exchange) {
    this.connections = connections;
    this.queues = queues;
    this.exchange = exchange;
  }

  @Override
  public String check() {
    try {
      Connection connection = connections.createConnection();
      for (String queue : queues) {
        try (Channel channel = connection.createChannel(false)) {
          channel.queueDeclarePassive(queue);
        }
      }
      try (Channel channel = connection.createChannel(false)) {
        channel.exchangeDeclarePassive(exchange);
      }
      Object version =
          connection.getDelegate() == null
              ? null
              : connection.getDelegate().getServerProperties().get("version");
      return "RabbitMQ " + version;
    } catch (AmqpException | IOException | TimeoutException e) {
      throw explained(e);
    }
  }

  private static RuntimeException explained(Exception failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < 20; depth++) {
      if (cause instanceof AuthenticationFailureException) {
        return new BrokerRefused(
            "RabbitMQ refuses the login.",
            "Correct spring.rabbitmq.username and spring.rabbitmq.password.");
      }
      if (cause instanceof ShutdownSignalException signal) {
        RuntimeException refused = refused(signal);
        if (refused != null) {
          return refused;
        }
      }
      cause = cause.getCause();
    }
    return new BrokerUnavailable(
        "RabbitMQ does not answer (" + root(failure) + ").",
        "Start it, or correct spring.rabbitmq.addresses or spring.rabbitmq.host and .port.");
  }

  private static @Nullable RuntimeException refused(ShutdownSignalException signal) {
    if (signal.getReason() instanceof AMQP.Channel.Close close) {
      String said = close.getReplyText();
      return switch (close.getReplyCode()) {
        case AMQP.NOT_FOUND ->
            new BrokerRefused(
                "RabbitMQ lacks a queue or exchange (" + said + ").",
                DECLARE + "byo.outbound.queue, byo.outbound.rejected-queue or byo.event.topic.");
        case AMQP.ACCESS_REFUSED ->
            new BrokerRefused(
                "RabbitMQ refuses access (" + said + ").",
                "Grant the user the rights of docs/brokers.md.");
        default -> null;
      };
    }
    if (signal.getReason() instanceof AMQP.Connection.Close close
        && (close.getReplyCode() == AMQP.NOT_ALLOWED
            || close.getReplyCode() == AMQP.ACCESS_REFUSED)) {
      return new BrokerRefused(
          "RabbitMQ refuses the connection (" + close.getReplyText() + ").",
          "Correct spring.rabbitmq.virtual-host, or grant the user access to it.");
    }
    return null;
  }

  private static String root(Throwable failure) {
    Throwable root = failure;
    for (int depth = 0; root.getCause() != null && depth < 20; depth++) {
      root = root.getCause();
    }
    return root.toString().lines().findFirst().orElse("");
  }
}
