package org.byoemail.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import java.util.TreeSet;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.Test;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;

/** A file of accounts has every field that a request has. */
class ImportedFieldsTest extends WebTest {
  /** A side is enabled only after its test. */
  private static final Set<String> NOT_IN_FILES = Set.of("outboundEnabled", "inboundEnabled");

  @Test
  void everyFieldOfARequestIsAColumn() {
    JsonNode schemas = get(ADMIN_KEY, "/openapi.json").body().at("/components/schemas");
    Set<String> fields = new TreeSet<>();
    paths(schemas, schemas.path("AccountRequest"), "", fields);
    fields.removeAll(NOT_IN_FILES);

    Answer refused =
        send(
            MockMvcRequestBuilders.post("/api/v1/accounts/import")
                .header("Authorization", "Bearer " + ADMIN_KEY)
                .contentType("text/csv")
                .content("nothing\n"));
    String columns = refused.text("/detail").replaceFirst(".*the columns are ", "");

    assertThat(columns.split(", ")).containsExactlyInAnyOrderElementsOf(fields);
  }

  private static void paths(JsonNode schemas, JsonNode schema, String at, Set<String> into) {
    schema
        .path("properties")
        .properties()
        .forEach(
            property -> {
              String name = at + property.getKey();
              String reference = property.getValue().at("/anyOf/0/$ref").asText();
              if (reference.isEmpty()) {
                into.add(name);
              } else {
                paths(
                    schemas,
                    schemas.path(reference.substring(reference.lastIndexOf('/') + 1)),
                    name + ".",
                    into);
              }
            });
  }
}
