package org.byoemail.platform.broker.camel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

class RecoveringConsumerTest {
  @Test
  void refusedLoginIsNoReasonForCamelToStop() {
    KafkaException refused = new SaslAuthenticationException("bad password");

    assertThat(RecoveringConsumer.passing(refused))
        .isNotInstanceOf(AuthenticationException.class)
        .hasMessageContaining("bad password")
        .hasCause(refused);
  }

  @Test
  void otherFailuresStayWhatTheyAre() {
    KafkaException refused = new TopicAuthorizationException("email.outbound");

    assertThat(RecoveringConsumer.passing(refused)).isSameAs(refused);
  }

  /** Camel's default seeks past a record in each partition. */
  @Test
  void routeReadsOnAtTheCommittedOffsetAfterAFailedPoll() throws Exception {
    assertThat(Files.readString(Path.of("routes/brokers/kafka/outbound/accept.camel.yaml")))
        .contains("pollOnError: RECONNECT\n");
  }
}
