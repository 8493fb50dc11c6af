package org.byoemail.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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

  @Test
  void producerHasItsOwnExchangeAndQueuesOnly() {
    RabbitServer rabbit = (RabbitServer) broker;
    String flows = TestBroker.PRODUCERS.get(0);
    String strangers = TestBroker.PRODUCERS.get(1);
    String id = id("own");

    broker.submit(flows, submission(id));
    awaitSent(id);
    List<JsonNode> own = new ArrayList<>();
    await("its event")
        .atMost(PATIENCE)
        .until(
            () -> {
              own.addAll(rabbit.events(flows));
              return own.toString().contains(id);
            });
    assertThat(own)
        .allMatch(
            event -> event.path("organization").asText().equals(TestBroker.ORGANIZATIONS.get(0)));
    assertThat(rabbit.events(strangers)).isEmpty();

    assertThat(
            Arrays.asList(
                rabbit.refusedToPublish(flows, "email.submit." + strangers, ""),
                rabbit.refusedToPublish(flows, "", "email.outbound." + strangers),
                rabbit.refusedToPublish(flows, "", "email.outbound.rejected." + strangers),
                rabbit.refusedToPublish(flows, "", "email.outbound." + flows),
                rabbit.refusedToPublish(flows, "email.events", TestBroker.ORGANIZATIONS.get(1)),
                rabbit.refusedToBind(flows, "email.events." + flows, "#"),
                rabbit.refusedToDeclare(flows, "mine"),
                rabbit.refusedToRead(flows, "email.events.platform"),
                rabbit.refusedToRead(flows, "email.events." + strangers),
                rabbit.refusedToRead(flows, "email.outbound." + strangers),
                rabbit.refusedToRead(flows, "email.outbound.rejected." + strangers)))
        .allSatisfy(refusal -> assertThat(refusal).contains("ACCESS_REFUSED"));
  }
}
