package org.byoemail.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.springframework.core.io.ClassPathResource;
import org.springframework.stereotype.Component;

/** The descriptions of the tools for clients: {@code mcp/tools.json}. Immutable. */
@Component
class ToolDescriptions {
  private final String instructions;
  private final Map<McpTool, JsonNode> tools = new EnumMap<>(McpTool.class);

  ToolDescriptions() throws IOException {
    try (InputStream file = new ClassPathResource("mcp/tools.json").getInputStream()) {
      JsonNode all = new ObjectMapper().readTree(file);
      this.instructions = all.path("instructions").asText();
      for (JsonNode one : all.path("tools")) {
        tools.put(McpTool.of(one.path("name").asText()).orElseThrow(), one);
      }
    }
  }

  String instructions() {
    return instructions;
  }

  JsonNode of(McpTool tool) {
    return Objects.requireNonNull(tools.get(tool));
  }

  Set<String> arguments(McpTool tool) {
    Set<String> names = new HashSet<>();
    of(tool).at("/inputSchema/properties").fieldNames().forEachRemaining(names::add);
    return names;
  }
}
