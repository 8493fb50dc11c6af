package org.byoemail.inbound.mailbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.junit.jupiter.api.Test;

/** What editors of routes read about {@code mailbox:} is what the endpoint says of itself. */
class MailboxCatalogTest {
  @Test
  void catalogDescribesTheEndpoint() throws Exception {
    JsonNode catalog =
        read("/META-INF/org/byoemail/inbound/mailbox/mailbox.json"); // by Camel's convention
    UriEndpoint endpoint = MailboxEndpoint.class.getAnnotation(UriEndpoint.class);

    assertThat(catalog.at("/component/scheme").asText()).isEqualTo(endpoint.scheme());
    assertThat(catalog.at("/component/syntax").asText()).isEqualTo(endpoint.syntax());
    assertThat(catalog.at("/component/title").asText()).isEqualTo(endpoint.title());
    assertThat(catalog.at("/component/firstVersion").asText()).isEqualTo(endpoint.firstVersion());
    assertThat(catalog.at("/component/consumerOnly").asBoolean())
        .isEqualTo(endpoint.consumerOnly());
    assertThat(catalog.at("/component/javaType").asText())
        .isEqualTo(MailboxComponent.class.getName());
  }

  @Test
  void catalogHasEachOptionOfTheEndpoint() throws Exception {
    JsonNode options =
        read("/META-INF/org/byoemail/inbound/mailbox/mailbox.json").path("properties");
    List<String> names = new ArrayList<>();

    for (Field field : MailboxEndpoint.class.getDeclaredFields()) {
      JsonNode option = options.path(field.getName());
      UriPath path = field.getAnnotation(UriPath.class);
      UriParam parameter = field.getAnnotation(UriParam.class);
      if (path == null && parameter == null) {
        continue;
      }
      names.add(field.getName());
      assertThat(option.path("kind").asText()).isEqualTo(path == null ? "parameter" : "path");
      assertThat(option.path("javaType").asText()).isEqualTo(field.getType().getName());
      assertThat(option.path("description").asText())
          .isEqualTo(path == null ? parameter.description() : path.description());
      if (parameter != null) {
        assertThat(option.path("defaultValue").asText()).isEqualTo(parameter.defaultValue());
      }
    }
    assertThat(names).isNotEmpty();
    assertThat(options.fieldNames()).toIterable().containsExactlyInAnyOrderElementsOf(names);
  }

  @Test
  void componentIsListed() throws Exception {
    Properties listed = new Properties();
    try (InputStream in =
        MailboxCatalogTest.class
            .getModule()
            .getClassLoader()
            .getResource("META-INF/services/org/apache/camel/component.properties")
            .openStream()) {
      listed.load(in);
    }

    assertThat(listed.getProperty("components")).isEqualTo("mailbox");
  }

  private static JsonNode read(String name) throws Exception {
    try (InputStream in = MailboxCatalogTest.class.getResourceAsStream(name)) {
      assertThat(in).isNotNull();
      return new ObjectMapper().readTree(in);
    }
  }
}
