package org.byoemail.outbound.submission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.byoemail.format.mail.HeaderText;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one JSON object, read by type and without coercion. Problems are collected, and an
 * invalid field reads as absent, so that a producer gets all errors at once. An explicit null is an
 * absent field.
 */
final class JsonFields {

  private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");

  private final ObjectNode node;
  private final String path;
  private final List<InvalidField> invalid;

  JsonFields(ObjectNode node, String path, List<InvalidField> invalid) {
    this.node = node;
    this.path = path;
    this.invalid = invalid;
  }

  void refuse(String name, String reason) {
    invalid.add(new InvalidField(path.isEmpty() ? name : path + "." + name, reason));
  }

  /** Refuses every field that is not one of these. */
  void only(Set<String> known) {
    for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!known.contains(name)) {
        String meant =
            known.stream().filter(k -> plain(k).equals(plain(name))).findFirst().orElse(null);
        refuse(
            name.replaceAll("\\p{Cntrl}", "?"),
            "is not a known field" + (meant == null ? "" : ": did you mean " + meant + "?"));
      }
    }
  }

  private static String plain(String name) {
    return name.replaceAll("[^A-Za-z]", "").toLowerCase(Locale.ROOT);
  }

  boolean has(String name) {
    return node.hasNonNull(name);
  }

  @Nullable JsonNode get(String name) {
    JsonNode value = node.get(name);
    return value == null || value.isNull() ? null : value;
  }

  /** Text of any form. */
  @Nullable String text(String name) {
    JsonNode value = get(name);
    if (value != null && !value.isTextual()) {
      refuse(name, "must be a string");
      return null;
    }
    return value == null ? null : value.textValue();
  }

  /** Text for a header field. */
  @Nullable String line(String name, int longest) {
    String text = text(name);
    if (text == null) {
      return null;
    }
    String fault =
        text.length() > longest
            ? "is longer than " + longest + " characters"
            : HeaderText.fault(text);
    if (fault != null) {
      refuse(name, fault);
      return null;
    }
    return text;
  }

  boolean flag(String name) {
    JsonNode value = get(name);
    if (value != null && !value.isBoolean()) {
      refuse(name, "must be true or false");
    }
    return value != null && value.booleanValue();
  }

  @Nullable UUID uuid(String name) {
    String text = text(name);
    try {
      // UUID.fromString also reads shortened forms.
      if (text == null || UUID.fromString(text).toString().equalsIgnoreCase(text)) {
        return text == null ? null : UUID.fromString(text);
      }
    } catch (IllegalArgumentException e) {
      // Told below.
    }
    refuse(name, "is not a UUID");
    return null;
  }

  @Nullable Instant instant(String name) {
    String text = text(name);
    if (text == null) {
      return null;
    }
    try {
      Instant instant = OffsetDateTime.parse(text).toInstant();
      if (instant.isAfter(EARLIEST) && instant.isBefore(LATEST)) {
        return instant;
      }
      refuse(name, "is not between the years 2000 and 2200");
    } catch (DateTimeException e) {
      refuse(name, "is not a time in ISO 8601, such as 2030-01-31T09:00:00Z");
    }
    return null;
  }

  /** A string, or a list of strings, read one by one. */
  <T> List<T> list(String name, Function<String, T> read) {
    List<T> items = new ArrayList<>();
    each(
        name,
        JsonNode::isTextual,
        "must be a string",
        (at, item) -> {
          try {
            items.add(read.apply(item.textValue()));
          } catch (IllegalArgumentException e) {
            refuse(at, String.valueOf(e.getMessage()));
          }
        });
    return items;
  }

  /** The objects of a list, each with its path below this object. */
  void objects(String name, BiConsumer<String, ObjectNode> read) {
    JsonNode value = get(name);
    if (value != null && !value.isArray()) {
      refuse(name, "must be a list");
      return;
    }
    each(
        name,
        JsonNode::isObject,
        "must be an object",
        (at, item) -> read.accept(at, (ObjectNode) item));
  }

  private void each(
      String name,
      java.util.function.Predicate<JsonNode> isRight,
      String reason,
      BiConsumer<String, JsonNode> read) {
    JsonNode value = get(name);
    if (value == null) {
      return;
    }
    for (int i = 0; i < (value.isArray() ? value.size() : 1); i++) {
      String at = value.isArray() ? name + "[" + i + "]" : name;
      JsonNode item = value.isArray() ? value.get(i) : value;
      if (isRight.test(item)) {
        read.accept(at, item);
      } else {
        refuse(at, reason);
      }
    }
  }
}
