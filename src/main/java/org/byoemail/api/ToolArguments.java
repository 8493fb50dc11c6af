package org.byoemail.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.byoemail.format.mail.HeaderText;
import org.byoemail.operations.setup.FieldProblem;
import org.byoemail.operations.setup.FieldReasons;
import org.byoemail.operations.setup.FieldsRefused;
import org.jspecify.annotations.Nullable;

/** The arguments of a tool call, read strictly: every method names the argument that it refuses. */
final class ToolArguments {
  private static final int MAX_NAMED = 20;
  private static final int MAX_NAME = 64;

  private final ObjectNode given;

  /**
   * @param known what the tool takes
   * @throws FieldsRefused naming arguments that it does not take
   */
  ToolArguments(ObjectNode given, Set<String> known) {
    List<FieldProblem> unknown = new ArrayList<>();
    given
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!known.contains(name) && unknown.size() < MAX_NAMED) {
                unknown.add(new FieldProblem(cut(name), FieldReasons.unknown(known)));
              }
            });
    if (!unknown.isEmpty()) {
      throw new FieldsRefused(unknown);
    }
    this.given = given;
  }

  /** A name as it is repeated: names of methods, tools and arguments are short and in ASCII. */
  static String cut(String name) {
    String start = name.length() <= MAX_NAME ? name : name.substring(0, MAX_NAME) + "...";
    return start.replaceAll("[^\\x20-\\x7e]", "?");
  }

  ObjectNode all() {
    return given;
  }

  String required(String name, int most) {
    String text = text(name, most);
    if (text == null || text.isBlank()) {
      throw new FieldsRefused(name, "is required");
    }
    return text;
  }

  @Nullable String text(String name, int most) {
    JsonNode value = value(name);
    if (value == null) {
      return null;
    }
    String text = value.textValue();
    if (text == null
        || text.length() > most
        || text.indexOf('\0') >= 0
        || !HeaderText.isUnicode(text)) {
      throw new FieldsRefused(name, "must be a string of at most " + most + " characters");
    }
    return text;
  }

  UUID id(String name) {
    return RequestParams.id(name, required(name, MAX_NAME));
  }

  int number(String name, int least, int most, int otherwise) {
    JsonNode value = value(name);
    if (value == null) {
      return otherwise;
    }
    if (!value.isIntegralNumber()
        || !value.canConvertToInt()
        || value.intValue() < least
        || value.intValue() > most) {
      throw new FieldsRefused(name, "must be a whole number from " + least + " to " + most);
    }
    return value.intValue();
  }

  /** A position of an event; null: none is given. */
  @Nullable Long position(String name) {
    JsonNode value = value(name);
    if (value == null) {
      return null;
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
      throw new FieldsRefused(name, "must be the position that an answer has had");
    }
    return value.longValue();
  }

  boolean flag(String name) {
    JsonNode value = value(name);
    if (value != null && !value.isBoolean()) {
      throw new FieldsRefused(name, "must be true or false");
    }
    return value != null && value.booleanValue();
  }

  private @Nullable JsonNode value(String name) {
    JsonNode value = given.get(name);
    return value == null || value.isNull() ? null : value;
  }
}
