package org.byoemail.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.byoemail.support.RabbitServer;
import org.byoemail.support.RequiresPrograms;
import org.byoemail.support.TestBroker;
import org.junit.jupiter.api.Test;

/** The jar with RabbitMQ as its broker. */
@RequiresPrograms({RabbitServer.PROGRAM, "erl", "smtp-sink"})
class RabbitIT extends BrokerScenario {
  @Override
  TestBroker broker(Path folder) {
    return new RabbitServer(folder);
  }

  @Override
  String product() {
    return "RabbitMQ 3";
  }

  @Override
  String wrongPassword() {
    return "--spring.rabbitmq.password=wrong";
  }

  @Test
  void submissionWithoutIdIsRejected() {
    String subject = id("nameless");
    String json = submission(subject).replace("\"id\":\"" + subject + "\",", "");

    broker.submit(TestBroker.PRODUCERS.get(0), json);

    assertThat(rejection(subject, TestBroker.PRODUCERS.get(0)).path("reason").asText())
        .startsWith("id: is required");
  }
}
