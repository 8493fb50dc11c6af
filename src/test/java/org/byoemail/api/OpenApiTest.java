package org.byoemail.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.byoemail.inbound.ingest.InboundStatus;
import org.byoemail.outbound.delivery.MessageStatus;
import org.byoemail.outbound.delivery.RecipientStatus;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The description of the API; that responses fit it, every test of the API checks. */
class OpenApiTest extends WebTest {
  private static final String DOCUMENT = "https://openapi.test/openapi.json";

  private JsonNode document;

  @BeforeEach
  void read() throws Exception {
    document = get(ADMIN_KEY, "/openapi.json").body();
    Path written = Path.of("target", "openapi.json");
    Files.writeString(written, document.toPrettyString());
  }

  private record Operation(String name, JsonNode node) {}

  private List<Operation> operations() {
    List<Operation> operations = new ArrayList<>();
    document
        .path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(
                        one ->
                            operations.add(
                                new Operation(
                                    one.getKey() + " " + path.getKey(), one.getValue()))));
    return operations;
  }

  @Test
  void isOfVersion31() {
    assertThat(document.path("openapi").asText()).startsWith("3.1");
  }

  @Test
  void everyOperationHasANameOfItsOwnASummaryAndATag() {
    assertThat(operations().stream().map(one -> one.node().path("operationId").asText()))
        .doesNotHaveDuplicates()
        .allMatch(
            id ->
                id.matches(
                    "(list|get|create|inject|update|set|delete|commit|prove|test|rotate|pause|resume|replay"
                        + "|reconcile|retry|send|validate|cancel|resend|release|explain|trust|discard"
                        + "|export|import|upload|download|lift|poll|start|authorize|discover|revoke"
                        + "|stream|search|reply|forward|move|mark|change|add|remove|view"
                        + "|approve|reject|request|stop|suspend)"
                        + "[A-Z][A-Za-z]+"),
            "a verb and what it is about, in camelCase, by @Operation(operationId)");
    assertThat(operations())
        .allSatisfy(
            one -> {
              assertThat(one.node().path("summary").asText()).isNotBlank();
              assertThat(one.node().path("tags")).hasSize(1);
            });
  }

  @Test
  void everyOperationDeclaresASuccessAndItsRefusals() {
    assertThat(operations())
        .allSatisfy(
            one -> {
              JsonNode responses = one.node().path("responses");
              assertThat(responses.properties()).anyMatch(r -> r.getKey().startsWith("2"));
              assertThat(responses.properties()).anyMatch(r -> r.getKey().startsWith("4"));
              responses
                  .properties()
                  .forEach(
                      response -> {
                        JsonNode content = resolved(response.getValue()).path("content");
                        if (!response.getKey().startsWith("2")) {
                          assertThat(content.at("/application~1problem+json/schema/$ref").asText())
                              .isEqualTo("#/components/schemas/Problem");
                        }
                      });
            });
  }

  @Test
  void everyOperationNamesItsPermissionOrIsOpen() {
    assertThat(operations())
        .allMatch(
            one ->
                one.node().has("x-permission")
                    || one.node().has("security") && one.node().path("security").isEmpty());
  }

  @Test
  void everyReferenceLeadsSomewhere() {
    List<String> references = new ArrayList<>();
    visit(document, node -> references.add(node.path("$ref").asText()));

    assertThat(references)
        .filteredOn(ref -> !ref.isEmpty())
        .isNotEmpty()
        .allMatch(ref -> ref.startsWith("#/"))
        .allMatch(ref -> !document.at(ref.substring(1)).isMissingNode());
  }

  @Test
  void everySchemaIsReached() {
    TreeSet<String> reached = new TreeSet<>();
    visit(
        document,
        node -> reached.add(node.path("$ref").asText().replace("#/components/schemas/", "")));

    assertThat(document.at("/components/schemas").fieldNames())
        .toIterable()
        .filteredOn(name -> !reached.contains(name))
        .isEmpty();
  }

  @Test
  void noSchemaIsAnythingAtAll() {
    List<String> bare = new ArrayList<>();
    document
        .at("/components/schemas")
        .properties()
        .forEach(
            schema ->
                visit(
                    schema.getValue(),
                    node -> {
                      boolean object = node.path("type").asText().equals("object");
                      if (object && !node.has("properties") && !node.has("additionalProperties")) {
                        bare.add(schema.getKey() + " " + node);
                      }
                    }));

    assertThat(bare).isEmpty();
  }

  @Test
  void everyPropertyHasATypeAndWhatIsNotNullIsRequiredOfResponses() {
    ObjectNode account = (ObjectNode) document.at("/components/schemas/Account");

    assertThat(account.path("required").findValuesAsText("")).isEmpty();
    assertThat(words(account.path("required"))).contains("id", "lease", "folders");
    assertThat(words(account.at("/properties/displayName/type")))
        .containsExactlyInAnyOrder("string", "null");
    assertThat(account.at("/properties/id/type").asText()).isEqualTo("string");
    assertThat(words(document.at("/components/schemas/AccountRequest/required")))
        .containsExactlyInAnyOrder("agent", "address");
    assertThat(document.at("/components/schemas/AccountPatch").has("required")).isFalse();
  }

  @Test
  void submissionsAndRepliesTakeTheSameHeader() {
    List<JsonNode> headers = new ArrayList<>();
    for (String path : List.of("", "/{id}/reply", "/{id}/reply-all", "/{id}/forward")) {
      JsonNode operation = document.path("paths").path("/api/v1/messages" + path).path("post");
      assertThat(operation.at("/responses/200/headers").has(IdempotencyKey.REPLAYED))
          .as(path)
          .isTrue();
      operation
          .path("parameters")
          .forEach(
              one -> {
                if (one.path("name").asText().equals(IdempotencyKey.HEADER)) {
                  headers.add(one);
                }
              });
    }

    assertThat(headers).hasSize(4);
    assertThat(headers).allMatch(headers.get(0)::equals);
    assertThat(headers.get(0).path("description").asText()).contains("RFC 9651");
  }

  @Test
  void statusesAreThoseOfTheEnumerations() {
    assertThat(words(document.at("/components/schemas/OutboundMessage/properties/status/enum")))
        .containsExactlyElementsOf(
            Arrays.stream(MessageStatus.values()).map(MessageStatus::word).toList());
    assertThat(words(document.at("/components/schemas/InboundMail/properties/status/enum")))
        .containsExactlyElementsOf(
            Arrays.stream(InboundStatus.values()).map(InboundStatus::word).toList());
    assertThat(words(document.at("/components/schemas/Recipient/properties/status/enum")))
        .containsExactlyElementsOf(
            Arrays.stream(RecipientStatus.values()).map(RecipientStatus::word).toList());
  }

  @Test
  void messageIsToldApartByItsType() {
    JsonNode message = document.at("/components/schemas/Message");

    assertThat(message.path("oneOf")).hasSize(3);
    assertThat(message.at("/discriminator/propertyName").asText()).isEqualTo("type");
    message
        .at("/discriminator/mapping")
        .properties()
        .forEach(
            one ->
                assertThat(
                        words(
                            document.at(
                                one.getValue().asText().substring(1) + "/properties/type/enum")))
                    .containsExactly(one.getKey()));
    assertThat(message.at("/discriminator/mapping")).hasSize(3);
  }

  @Test
  void examplesFitTheirSchemas() {
    JsonSchemaFactory schemas = schemas();
    List<String> faults = new ArrayList<>();
    document
        .path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(
                        operation -> {
                          String at = "/paths/" + pointer(path.getKey()) + "/" + operation.getKey();
                          if (operation.getValue().has("requestBody")) {
                            faults.addAll(faults(schemas, at + "/requestBody"));
                          }
                          operation
                              .getValue()
                              .path("responses")
                              .fieldNames()
                              .forEachRemaining(
                                  status ->
                                      faults.addAll(faults(schemas, at + "/responses/" + status)));
                        }));

    assertThat(faults).isEmpty();
  }

  private List<String> faults(JsonSchemaFactory schemas, String at) {
    List<String> faults = new ArrayList<>();
    document
        .at(at + "/content")
        .properties()
        .forEach(
            content -> {
              if (content.getValue().has("example")) {
                String schema = at + "/content/" + pointer(content.getKey()) + "/schema";
                schemas
                    .getSchema(SchemaLocation.of(DOCUMENT + "#" + schema))
                    .validate(content.getValue().path("example"))
                    .forEach(fault -> faults.add(at + " " + fault));
              }
            });
    return faults;
  }

  private JsonSchemaFactory schemas() {
    String text = document.toString();
    return JsonSchemaFactory.getInstance(
        SpecVersion.VersionFlag.V202012,
        builder -> builder.schemaLoaders(loaders -> loaders.schemas(Map.of(DOCUMENT, text))));
  }

  @Test
  void everyRequestWithABodyHasAnExample() {
    assertThat(operations())
        .filteredOn(one -> one.node().at("/requestBody/content").has("application/json"))
        .allMatch(one -> one.node().at("/requestBody/content/application~1json").has("example"));
  }

  /** It is written in other words than the schema of the contract: both judge alike. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'from':'a@b.c','to':'b@c.d','body':'x'}",
        "{'from':'a@b.c','cc':['b@c.d'],'text':'x','html':'y'}",
        "{'from':'a@b.c','bcc':['b@c.d'],'html':'y'}",
        "{'from':'a@b.c','body':'x'}",
        "{'from':'a@b.c','to':'b@c.d'}",
        "{'from':'a@b.c','to':'b@c.d','body':'x','text':'y'}",
        "{'to':'b@c.d','body':'x'}",
        "{'from':'a@b.c','to':'b@c.d','body':'x','other':1}",
        "{'from':'a@b.c','to':'b@c.d','body':'x','attachments':[{'name':'a','content':'eA=='}]}",
        "{'from':'a@b.c','to':'b@c.d','body':'x','attachments':[{'content':'eA=='}]}",
        "{'from':'a@b.c','to':'b@c.d','body':'x','attachments':[{'id':'01989c3a-5b1e-7c44-9d0e-2f6a1c1f0b11'}]}",
        "{'from':'a@b.c','to':'b@c.d','body':'x','attachments':[{}]}",
        "{'from':'a@b.c','to':'b@c.d','body':'x','priority':11}"
      })
  void submissionIsThatOfTheContract(String text) throws Exception {
    JsonNode submission = JSON.readTree(text.replace('\'', '"'));
    JsonNode contract =
        JSON.readTree(getClass().getResourceAsStream("/schema/submission.schema.json"));

    boolean here =
        schemas()
            .getSchema(SchemaLocation.of(DOCUMENT + "#/components/schemas/Submission"))
            .validate(submission)
            .isEmpty();

    assertThat(here)
        .isEqualTo(
            JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(contract)
                .validate(submission)
                .isEmpty());
  }

  @Test
  void parametersHaveBounds() {
    assertThat(operations())
        .allSatisfy(
            one ->
                one.node()
                    .path("parameters")
                    .forEach(
                        parameter -> {
                          assertThat(parameter.path("description").asText())
                              .as(parameter.toString())
                              .isNotBlank();
                          if (parameter.path("name").asText().equals("limit")) {
                            assertThat(parameter.at("/schema/maximum").asInt()).isEqualTo(200);
                          }
                        }));
  }

  private JsonNode resolved(JsonNode node) {
    return node.has("$ref") ? document.at(node.path("$ref").asText().substring(1)) : node;
  }

  private static List<String> words(JsonNode list) {
    List<String> words = new ArrayList<>();
    list.forEach(one -> words.add(one.asText()));
    return words;
  }

  private static void visit(JsonNode node, Consumer<JsonNode> visitor) {
    visitor.accept(node);
    node.forEach(child -> visit(child, visitor));
  }

  private static String pointer(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }
}
