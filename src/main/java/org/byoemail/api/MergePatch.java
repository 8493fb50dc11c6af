package org.byoemail.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.springframework.http.converter.json.Jackson2ObjectMapperBuilder;
import org.springframework.stereotype.Component;

/** Applies a JSON merge patch (RFC 7396): absent fields stay, null removes a field. */
@Component
class MergePatch {
  private final ObjectMapper json;

  MergePatch(Jackson2ObjectMapperBuilder builder) {
    this.json = StrictJson.strict(builder);
  }

  /**
   * The patched value.
   *
   * @throws JsonProcessingException if a field of the patch is unknown or of the wrong type
   */
  <T> T apply(T present, ObjectNode patch, Class<T> type) throws JsonProcessingException {
    // Read first by itself: an unknown field that is null would disappear in the merge.
    json.treeToValue(patch, type);
    ObjectNode merged = json.valueToTree(present);
    merge(merged, patch);
    return json.treeToValue(merged, type);
  }

  private static void merge(ObjectNode target, ObjectNode patch) {
    patch
        .properties()
        .forEach(
            field -> {
              JsonNode value = field.getValue();
              if (value instanceof ObjectNode inner) {
                JsonNode before = target.get(field.getKey());
                ObjectNode into =
                    before instanceof ObjectNode object ? object : target.objectNode();
                merge(into, inner);
                target.set(field.getKey(), into);
              } else if (value.isNull()) {
                target.remove(field.getKey());
              } else {
                target.set(field.getKey(), value);
              }
            });
  }
}
