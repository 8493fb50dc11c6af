package org.byoemail.outbound.submission;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.byoemail.platform.event.EventType;
import org.byoemail.support.PublishedSchema;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.env.Environment;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.yaml.snakeyaml.Yaml;

/** The AsyncAPI document and the program say the same. */
class AsyncApiTest extends WebTest {
  private final JsonNode document = document();

  @Autowired private Environment settings;

  private static JsonNode document() {
    InputStream in = AsyncApiTest.class.getResourceAsStream("/schema/asyncapi.yaml");
    return new ObjectMapper().valueToTree(new Yaml().<Map<String, Object>>load(in));
  }

  @Test
  void queuesAreThoseOfTheProgram() {
    assertThat(document.path("asyncapi").asText()).isEqualTo("3.0.0");
    assertThat(document.at("/channels/submissions/address").asText())
        .isEqualTo(settings.getProperty("byo.outbound.queue"));
    assertThat(document.at("/channels/rejected/address").asText())
        .isEqualTo(settings.getProperty("byo.outbound.rejected-queue"));
    assertThat(document.at("/channels/events/address").asText())
        .isEqualTo(settings.getProperty("byo.event.topic"));
    assertThat(document.path("channels")).hasSize(3);
  }

  @Test
  void serversListenWhereItSays() {
    String host = settings.getProperty("byo.broker.host");

    assertThat(document.at("/servers/amqp/host").asText())
        .isEqualTo(host + ":" + settings.getProperty("byo.broker.amqp-port"));
    assertThat(document.at("/servers/stomp/host").asText())
        .isEqualTo(host + ":" + settings.getProperty("byo.broker.stomp-port"));
  }

  @Test
  void everyReferenceLeadsSomewhere() {
    List<String> references = document.findValuesAsText("$ref");

    assertThat(references).isNotEmpty();
    for (String reference : references) {
      if (reference.startsWith("#")) {
        assertThat(document.at(reference.substring(1)).isMissingNode()).as(reference).isFalse();
      } else {
        assertThat(getClass().getResource("/schema/" + reference)).as(reference).isNotNull();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"submission", "rejected", "event"})
  void examplesFitTheirSchemas(String message) {
    PublishedSchema schema = new PublishedSchema(message);
    JsonNode examples = document.at("/components/messages/" + message + "/examples");

    assertThat(examples).isNotEmpty();
    for (JsonNode example : examples) {
      assertThat(schema.faults(example.path("payload").toString())).isEmpty();
    }
  }

  @Test
  void submissionsThatItShowsAreRead() {
    Set<String> shown = new HashSet<>();
    for (JsonNode example : document.at("/components/messages/submission/examples")) {
      Submission read = SubmissionFixtures.reader().read(example.path("payload").toString());
      assertThat(read.id()).startsWith("order-");
      ((ObjectNode) example.path("payload")).fieldNames().forEachRemaining(shown::add);
    }

    Set<String> missing = new HashSet<>(SubmissionReader.FIELDS);
    missing.removeAll(shown);
    assertThat(missing).containsExactly("inReplyTo");
  }

  @Test
  void eventsAreThoseOfTheProgram() {
    List<String> words = new ArrayList<>();
    new PublishedSchema("event")
        .source()
        .at("/properties/type/enum")
        .forEach(word -> words.add(word.asText()));

    assertThat(words)
        .containsExactlyInAnyOrderElementsOf(
            java.util.Arrays.stream(EventType.values()).map(EventType::word).toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "asyncapi.yaml",
        "submission.schema.json",
        "rejected.schema.json",
        "event.schema.json"
      })
  void contractIsServedToEverybody(String file) throws Exception {
    var response =
        mvc.perform(MockMvcRequestBuilders.get("/api/v1/schema/" + file)).andReturn().getResponse();

    assertThat(response.getStatus()).isEqualTo(200);
    assertThat(response.getContentAsByteArray())
        .isEqualTo(getClass().getResourceAsStream("/schema/" + file).readAllBytes());
  }

  @Test
  void nothingElseIsServedThere() throws Exception {
    for (String file : List.of("application.yaml", "..%2fapplication.yaml", "x")) {
      int status =
          mvc.perform(MockMvcRequestBuilders.get(java.net.URI.create("/api/v1/schema/" + file)))
              .andReturn()
              .getResponse()
              .getStatus();

      assertThat(status).as(file).isBetween(400, 404);
    }
  }
}
