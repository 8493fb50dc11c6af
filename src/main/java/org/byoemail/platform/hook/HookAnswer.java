package org.byoemail.platform.hook;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The decision of a hook.
 *
 * @param refused whether the mail is to be refused
 * @param reason why; null if it is not refused
 * @param metadata texts, numbers and booleans to be kept with the message
 */
public record HookAnswer(boolean refused, @Nullable String reason, Map<String, Object> metadata) {
  /** Continue without metadata. */
  public static final HookAnswer CONTINUE = new HookAnswer(false, null, Map.of());

  static final int MAX_BYTES = 64 << 10;
  private static final int MAX_REASON = 500;
  private static final int MAX_ENTRIES = 20;
  private static final int MAX_NAME = 64;
  private static final int MAX_VALUE = 500;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(10).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  /**
   * Reads an answer.
   *
   * @param json an object with {@code action} ({@code continue} or {@code refuse}), {@code reason}
   *     and {@code metadata}; empty to continue
   * @throws HookFailed if it is anything else
   */
  static HookAnswer parse(HookPoint point, byte[] json) {
    if (json.length > MAX_BYTES) {
      throw new HookFailed(point, "its answer has more than " + MAX_BYTES + " bytes");
    }
    JsonNode answer;
    try {
      answer = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new HookFailed(point, "its answer is no JSON");
    } catch (IOException e) {
      throw new HookFailed(point, "its answer cannot be read");
    }
    return answer.isMissingNode() || answer.isNull() ? CONTINUE : of(point, answer);
  }

  /** Reads an answer that a route returned as a map. */
  static HookAnswer of(HookPoint point, Map<?, ?> answer) {
    return of(point, JSON.<JsonNode>valueToTree(answer));
  }

  private static HookAnswer of(HookPoint point, JsonNode answer) {
    if (!answer.isObject()) {
      throw new HookFailed(point, "its answer is no JSON object");
    }
    answer
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!name.equals("action") && !name.equals("reason") && !name.equals("metadata")) {
                throw new HookFailed(
                    point, "its answer has a field other than action, reason and metadata");
              }
            });
    boolean refused =
        switch (answer.path("action").asText("continue")) {
          case "continue" -> false;
          case "refuse" -> true;
          default ->
              throw new HookFailed(
                  point, "its answer has an action other than continue and refuse");
        };
    JsonNode reason = answer.path("reason");
    String words = reason.isTextual() ? clean(reason.asText()) : "no reason given";
    return new HookAnswer(
        refused,
        refused ? words : null,
        refused ? Map.of() : metadata(point, answer.path("metadata")));
  }

  private static String clean(String text) {
    String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
    return line.length() > MAX_REASON ? line.substring(0, MAX_REASON) : line;
  }

  private static Map<String, Object> metadata(HookPoint point, JsonNode metadata) {
    if (metadata.isMissingNode() || metadata.isNull()) {
      return Map.of();
    }
    if (!metadata.isObject() || metadata.size() > MAX_ENTRIES) {
      throw new HookFailed(point, "metadata is an object of at most " + MAX_ENTRIES + " entries");
    }
    Map<String, Object> found = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : metadata.properties()) {
      JsonNode value = entry.getValue();
      if (entry.getKey().length() > MAX_NAME
          || !value.isValueNode()
          || value.isNull()
          || value.asText().length() > MAX_VALUE
          || (entry.getKey() + value.asText()).indexOf('\0') >= 0) {
        throw new HookFailed(
            point,
            "metadata has short names, and texts, numbers or booleans of at most "
                + MAX_VALUE
                + " characters");
      }
      found.put(entry.getKey(), plain(value));
    }
    return found;
  }

  private static Object plain(JsonNode value) {
    if (value.isNumber()) {
      return value.numberValue();
    }
    return value.isBoolean() ? (Object) value.booleanValue() : value.asText();
  }
}
