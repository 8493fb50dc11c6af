package org.byoemail;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** The JSON schema by which editors check and complete the placeholders of route files. */
class RoutePlaceholdersTest {
  private static final Path SCHEMA = Path.of("routes/placeholders.schema.json");
  private static final Path WRITTEN = Path.of("target/placeholders.schema.json");
  private static final Path METADATA =
      Path.of("target/classes/META-INF/spring-configuration-metadata.json");
  private static final Pattern SECRET =
      Pattern.compile(".*(?:password|secret|token|keyset|[.-]key)");
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** The settings and what they are for; empty if that is not known. */
  private static Map<String, String> settings() throws IOException {
    Map<String, String> settings = new TreeMap<>();
    Map<String, Object> yaml =
        new Yaml().load(Files.readString(Path.of("src/main/resources/application.yaml")));
    flatten("byo", yaml.get("byo"), settings);
    for (JsonNode property : JSON.readTree(METADATA.toFile()).path("properties")) {
      String name = property.path("name").asText();
      if (name.startsWith("byo.")) {
        settings.put(name, property.path("description").asText());
      }
    }
    return settings;
  }

  private static void flatten(String name, Object value, Map<String, String> settings) {
    if (value instanceof Map<?, ?> map && !map.isEmpty()) {
      map.forEach((key, inner) -> flatten(name + "." + key, inner, settings));
    } else if (!(value instanceof List<?>) && !(value instanceof Map<?, ?>)) {
      settings.put(name, "");
    }
  }

  private static String expected() throws IOException {
    Map<String, String> settings = settings();
    String names =
        settings.keySet().stream()
            .map(name -> name.replace(".", "\\."))
            .collect(Collectors.joining("|"));
    List<Map<String, String>> snippets = new ArrayList<>();
    settings.forEach(
        (name, description) -> {
          if (!SECRET.matcher(name).matches()) {
            Map<String, String> snippet = new LinkedHashMap<>();
            snippet.put("label", "{{" + name + "}}");
            snippet.put("description", description);
            snippet.put("body", "{{" + name + "}}");
            snippets.add(snippet);
          }
        });
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("items", Map.of("$ref", "#/definitions/value"));
    value.put("additionalProperties", Map.of("$ref", "#/definitions/value"));
    value.put(
        "pattern",
        "^(?:[^{]|\\{(?!\\{)|\\{\\{(?!\\??byo\\.)|\\{\\{\\??(?:" + names + ")(?::[^}]*)?\\}\\})*$");
    value.put("patternErrorMessage", "{{byo...}} names a setting that does not exist.");
    value.put("defaultSnippets", snippets);
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("$schema", "http://json-schema.org/draft-07/schema#");
    schema.put("title", "Placeholders of route files");
    schema.put(
        "description",
        "Every {{byo...}} in a route names a setting of the gateway. Other placeholders, such as"
            + " variables of the environment, are not checked.");
    schema.put("$ref", "#/definitions/value");
    schema.put("definitions", Map.of("value", value));
    return JSON.writeValueAsString(schema).replace("\r\n", "\n") + "\n";
  }

  private static JsonSchema schema() throws IOException {
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7)
        .getSchema(Files.readString(SCHEMA));
  }

  private static List<String> faults(String yaml) throws IOException {
    return schema().validate(JSON.valueToTree(new Yaml().load(yaml))).stream()
        .map(Object::toString)
        .toList();
  }

  @Test
  void schemaNamesOnlySettingsOfThisVersionAndNearlyAllOfThem() throws IOException {
    Files.writeString(WRITTEN, expected());
    List<String> known = labels(JSON.readTree(WRITTEN.toFile()));

    List<String> named = labels(JSON.readTree(SCHEMA.toFile()));

    assertThat(known).as("copy %s to %s", WRITTEN, SCHEMA).containsAll(named);
    assertThat(named)
        .as("copy %s to %s", WRITTEN, SCHEMA)
        .hasSizeGreaterThan(known.size() * 9 / 10);
  }

  @Test
  void descriptionOfASettingIsItsOwn() throws IOException {
    Map<String, String> settings = settings();

    // The annotation processor takes the first @param whose name starts with a component's name.
    settings.forEach(
        (name, description) ->
            settings.forEach(
                (longer, other) -> {
                  if (longer.startsWith(name) && !longer.equals(name) && !other.isEmpty()) {
                    assertThat(description).as(name).doesNotEndWith(other);
                  }
                }));
  }

  private static List<String> labels(JsonNode schema) {
    return schema.at("/definitions/value/defaultSnippets").findValuesAsText("label");
  }

  @Test
  void everyRouteFileNamesTheSchemaAndFitsIt() throws IOException {
    List<Path> files;
    try (Stream<Path> found = Files.walk(SCHEMA.getParent())) {
      files = found.filter(file -> file.toString().endsWith(".camel.yaml")).sorted().toList();
    }

    assertThat(files).hasSizeGreaterThan(20);
    for (Path file : files) {
      String text = Files.readString(file);
      Path named = file.getParent().relativize(SCHEMA);
      assertThat(text)
          .as(file.toString())
          .startsWith("# yaml-language-server: $schema=" + named + "\n");
      assertThat(faults(text)).as(file.toString()).isEmpty();
    }
  }

  @Test
  void placeholderOfASettingThatDoesNotExistIsAFault() throws IOException {
    assertThat(faults("- from: {uri: \"timer:x?period={{byo.event.interval}}\"}")).isEmpty();
    assertThat(faults("- from: {uri: \"jms:{{byo.outbound.queue:email}}{{?byo.event.topic}}\"}"))
        .isEmpty();
    assertThat(faults("- from: {uri: \"{{MAIL_FILTER_URL}}\"}")).isEmpty();
    assertThat(faults("- from: {uri: \"timer:x?period={{byo.event.intervall}}\"}")).hasSize(1);
    assertThat(faults("- from: {parameters: {list: [\"a {{byo.evnt.topic}}\"]}}")).hasSize(1);
  }
}
