package org.byoemail.operations.transfer;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.PropertyBindingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.util.stream.Collectors;
import org.byoemail.operations.setup.FieldReasons;
import org.byoemail.operations.setup.FieldsRefused;

/** Reads and writes the fields of a line, strictly: an unknown field or a wrong type is refused. */
final class AccountFields {
  /** Passwords are among the fields: no message may quote the source. */
  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .serializationInclusion(JsonInclude.Include.NON_NULL)
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(JsonParser.Feature.INCLUDE_SOURCE_IN_LOCATION)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .withCoercionConfig(
              LogicalType.Textual,
              text ->
                  text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
          .build();

  /** The cells of CSV are texts. */
  private static final JsonMapper OF_TEXTS =
      STRICT.rebuild().enable(MapperFeature.ALLOW_COERCION_OF_SCALARS).build();

  private AccountFields() {}

  /**
   * Reads a JSON object.
   *
   * @throws FieldsRefused naming the field
   */
  static ObjectNode parse(String line) {
    try {
      if (STRICT.readTree(line) instanceof ObjectNode object) {
        return object;
      }
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      throw new FieldsRefused(
          "line", "is not valid JSON" + (at == null ? "" : ", at column " + at.getColumnNr()));
    }
    throw new FieldsRefused("line", "must be a JSON object");
  }

  /**
   * The fields as an account.
   *
   * @throws FieldsRefused naming the field that is unknown or has the wrong type
   */
  static AccountLine read(ObjectNode fields, FileFormat format) {
    try {
      return (format == FileFormat.CSV ? OF_TEXTS : STRICT).treeToValue(fields, AccountLine.class);
    } catch (PropertyBindingException e) {
      throw new FieldsRefused(path(e), FieldReasons.unknown(e.getKnownPropertyIds()));
    } catch (MismatchedInputException e) {
      throw new FieldsRefused(path(e), FieldReasons.wrongType(e.getTargetType()));
    } catch (JsonProcessingException e) {
      throw new FieldsRefused("line", "is not valid");
    }
  }

  /** The fields of an account that are set. */
  static ObjectNode fields(AccountLine account) {
    return STRICT.valueToTree(account);
  }

  static String write(ObjectNode fields) {
    return fields.toString();
  }

  /** Puts the given fields over the present ones; null counts as not given. */
  static ObjectNode merged(ObjectNode present, ObjectNode given) {
    ObjectNode merged = present.deepCopy();
    given
        .properties()
        .forEach(
            field -> {
              JsonNode value = field.getValue();
              if (value instanceof ObjectNode inner
                  && merged.get(field.getKey()) instanceof ObjectNode before) {
                merged.set(field.getKey(), merged(before, inner));
              } else if (!value.isNull()) {
                merged.set(field.getKey(), value);
              }
            });
    return merged;
  }

  private static String path(JsonMappingException e) {
    return e.getPath().isEmpty()
        ? "line"
        : e.getPath().stream()
            .map(JsonMappingException.Reference::getFieldName)
            .map(name -> name == null ? "[]" : name.length() > 100 ? "…" : name)
            .collect(Collectors.joining("."));
  }
}
