package org.byoemail.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.byoemail.support.KafkaServer;
import org.byoemail.support.RequiresPrograms;
import org.byoemail.support.TestBroker;
import org.junit.jupiter.api.Test;

/** The jar with Kafka as its broker. */
@RequiresPrograms("smtp-sink")
class KafkaIT extends BrokerScenario {
  @Override
  TestBroker broker(Path folder) {
    return new KafkaServer(folder);
  }

  @Override
  String product() {
    return "Kafka, cluster ";
  }

  @Override
  String wrongPassword() {
    return "--byo.broker.kafka.password=wrong";
  }

  @Test
  void submissionWithoutIdTakesTopicPartitionAndOffset() {
    String subject = id("nameless");
    String json = submission(subject).replace("\"id\":\"" + subject + "\",", "");
    List<ConsumerRecord<String, String>> told = new ArrayList<>();

    broker.submit(TestBroker.PRODUCERS.get(0), json);

    awaitSent(subject);
    await("its event in the topic of its organisation, by its message")
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              told.addAll(((KafkaServer) broker).records("email.events.flows"));
              assertThat(told)
                  .filteredOn(
                      each ->
                          each.value()
                              .matches(
                                  ".*\"submissionId\":\"email\\.outbound\\.flows-[01]-\\d+\".*"))
                  .singleElement()
                  .satisfies(
                      each ->
                          assertThat(each.value())
                              .contains("\"messageId\":\"" + each.key() + "\""));
            });
    assertThat(((KafkaServer) broker).records("email.events.strangers")).isEmpty();
  }
}
