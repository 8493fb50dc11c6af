package org.byoemail.platform.conversation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.ConversationId;
import org.byoemail.format.mail.Label;
import org.byoemail.format.mail.StoredMessageId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * Labels and metadata of messages and conversations. Changes of one of them come one after the
 * other, on whichever nodes. Thread-safe.
 */
@Repository
public class Labels {
  /** How many labels one message or conversation has at most. */
  public static final int MAX_LABELS = 20;

  /** The longest metadata, in characters of JSON. */
  public static final int MAX_METADATA = 16_384;

  private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};

  private final JdbcClient jdbc;
  private final ObjectMapper json;

  Labels(JdbcClient jdbc, ObjectMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /** The labels of those messages that have some. */
  public Map<UUID, List<String>> ofMessages(Collection<UUID> messages) {
    Map<UUID, List<String>> labels = new HashMap<>();
    if (!messages.isEmpty()) {
      jdbc.sql(
              "SELECT message_id, label FROM message_label WHERE message_id = ANY (:ids) ORDER BY label")
          .param("ids", messages.toArray(UUID[]::new))
          .query(
              row -> {
                labels
                    .computeIfAbsent(row.getObject(1, UUID.class), any -> new ArrayList<>())
                    .add(row.getString(2));
              });
    }
    return labels;
  }

  /**
   * Changes a message. The metadata of an outbound message is its submission's, and stays.
   *
   * @return what it has then; empty if there is no such message
   * @throws AnnotationsRefused if it would have too much, or may not have it
   */
  @Transactional
  public Optional<Annotations> change(StoredMessageId message, AnnotationsChange change) {
    record Row(String direction, String metadata) {}
    Optional<Row> locked =
        jdbc.sql("SELECT direction, metadata FROM message WHERE id = :id FOR NO KEY UPDATE")
            .param("id", message.value())
            .query((row, number) -> new Row(row.getString(1), row.getString(2)))
            .optional();
    if (locked.isEmpty()) {
      return Optional.empty();
    }
    String metadata = locked.get().metadata();
    if (change.metadata() != null) {
      if (locked.get().direction().equals(Direction.OUTBOUND.word())) {
        throw new AnnotationsRefused(
            "metadata", "cannot be changed: an outbound message has its submission's");
      }
      metadata = merged(metadata, change.metadata());
      jdbc.sql("UPDATE message SET metadata = :metadata::jsonb WHERE id = :id")
          .param("metadata", metadata)
          .param("id", message.value())
          .update();
    }
    update(
        "DELETE FROM message_label WHERE message_id = :id AND label = ANY (:labels)",
        message.value(),
        names(change.remove()));
    update(
        """
        INSERT INTO message_label (message_id, label)
        SELECT :id, label FROM unnest(:labels::text[]) AS label ON CONFLICT DO NOTHING
        """,
        message.value(),
        names(change.add()));
    List<String> labels =
        ofMessages(List.of(message.value())).getOrDefault(message.value(), List.of());
    return Optional.of(annotations(labels, metadata));
  }

  /**
   * Changes a conversation.
   *
   * @return what it has then; empty if there is no such conversation
   * @throws AnnotationsRefused if it would have too much
   */
  @Transactional
  public Optional<Annotations> change(ConversationId conversation, AnnotationsChange change) {
    Optional<String> locked =
        jdbc.sql("SELECT metadata::text FROM conversation WHERE id = :id FOR NO KEY UPDATE")
            .param("id", conversation.value())
            .query(String.class)
            .optional();
    if (locked.isEmpty()) {
      return Optional.empty();
    }
    String metadata = locked.get();
    if (change.metadata() != null) {
      metadata = merged(metadata, change.metadata());
      jdbc.sql("UPDATE conversation SET metadata = :metadata::jsonb WHERE id = :id")
          .param("metadata", metadata)
          .param("id", conversation.value())
          .update();
    }
    update(
        "DELETE FROM conversation_label WHERE conversation_id = :id AND label = ANY (:labels)",
        conversation.value(),
        names(change.remove()));
    update(
        """
        INSERT INTO conversation_label (conversation_id, label)
        SELECT :id, label FROM unnest(:labels::text[]) AS label ON CONFLICT DO NOTHING
        """,
        conversation.value(),
        names(change.add()));
    List<String> labels =
        jdbc.sql("SELECT label FROM conversation_label WHERE conversation_id = :id ORDER BY label")
            .param("id", conversation.value())
            .query(String.class)
            .list();
    return Optional.of(annotations(labels, metadata));
  }

  /** Reads stored metadata. */
  Map<String, Object> read(String metadata) {
    try {
      return json.readValue(metadata, MAP);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("stored metadata is no JSON", e);
    }
  }

  private Annotations annotations(List<String> labels, String metadata) {
    if (labels.size() > MAX_LABELS) {
      throw new AnnotationsRefused(
          "addLabels", "would make more than " + MAX_LABELS + " labels: remove some of them");
    }
    return new Annotations(labels, read(metadata));
  }

  private String merged(String metadata, ObjectNode patch) {
    try {
      ObjectNode merged = (ObjectNode) json.readTree(metadata);
      merge(merged, patch);
      String text = json.writeValueAsString(merged);
      if (text.length() > MAX_METADATA) {
        throw new AnnotationsRefused(
            "metadata", "would be longer than " + MAX_METADATA + " characters of JSON");
      }
      return text;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("stored metadata is no JSON", e);
    }
  }

  private static void merge(ObjectNode target, ObjectNode patch) {
    for (Map.Entry<String, JsonNode> field : patch.properties()) {
      JsonNode value = field.getValue();
      if (value instanceof ObjectNode inner) {
        ObjectNode into =
            target.get(field.getKey()) instanceof ObjectNode before ? before : target.objectNode();
        merge(into, inner);
        target.set(field.getKey(), into);
      } else if (value.isNull()) {
        target.remove(field.getKey());
      } else {
        target.set(field.getKey(), value);
      }
    }
  }

  private void update(String statement, UUID id, String[] labels) {
    jdbc.sql(statement).param("id", id).param("labels", labels).update();
  }

  private static String[] names(Collection<Label> labels) {
    return labels.stream().map(Label::name).toArray(String[]::new);
  }
}
