package org.byoemail.outbound.submission;

import com.fasterxml.jackson.core.Base64Variant;
import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.CharacterCodingException;
import java.util.regex.Pattern;
import org.byoemail.format.mail.HeaderText;

/**
 * Reads the JSON of a submission without interpreting it: bounded in size, depth and number of
 * values, no key twice, nothing after it. The Base64 of attachments is decoded on the way, so that
 * it is never held as text.
 */
final class SubmissionJson {

  private static final int DEEPEST = 20;
  private static final int MAX_TOKENS = 20_000;
  private static final int MAX_DIGITS = 100;
  private static final int MAX_EXPONENT = 300;
  private static final int MAX_NAME_LENGTH = 200;
  private static final Base64Variant BASE64 = Base64Variants.MIME_NO_LINEFEEDS.withPaddingAllowed();
  private static final Pattern PLACE = Pattern.compile(" \\(start marker at \\[[^\\]]*\\]\\)");
  private static final Pattern CONTENT = Pattern.compile("attachments\\[\\d+]\\.content");

  private final JsonNodeFactory nodes = JsonNodeFactory.instance;
  private final JsonFactory factory;
  private final int maxAttachment;

  SubmissionJson(SubmissionSettings settings) {
    int maxMessage = (int) settings.maxMessageSize().toBytes();
    this.maxAttachment = (int) settings.maxAttachmentSize().toBytes();
    this.factory =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxTokenCount(MAX_TOKENS)
                    .maxNumberLength(MAX_DIGITS)
                    .maxNameLength(MAX_NAME_LENGTH)
                    .maxStringLength(maxMessage)
                    .maxDocumentLength(2L * maxMessage)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();
  }

  JsonFactory factory() {
    return factory;
  }

  /**
   * Reads all of it.
   *
   * @throws SubmissionRejected if it is no JSON, no object, or more than is allowed
   * @throws UncheckedIOException if it could not be read at all
   */
  ObjectNode read(JsonParser parser) {
    try (parser) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw rejected("", parser.hasCurrentToken() ? "is no JSON object" : "is empty");
      }
      JsonNode node = value(parser);
      if (parser.nextToken() != null) {
        throw rejected("", "the body has content after the end of the JSON object");
      }
      return (ObjectNode) node;
    } catch (StreamConstraintsException e) {
      throw rejected(path(parser.getParsingContext()), "is too large: " + e.getOriginalMessage());
    } catch (JsonProcessingException e) {
      throw rejected(
          path(parser.getParsingContext()),
          "is no JSON: "
              // Its positions refer to a source that is not shown.
              + PLACE.matcher(e.getOriginalMessage()).replaceAll("")
              + " (line "
              + e.getLocation().getLineNr()
              + ", column "
              + e.getLocation().getColumnNr()
              + ")");
    } catch (CharConversionException | CharacterCodingException e) {
      throw rejected("", "is no JSON: " + e.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read a submission", e);
    }
  }

  private JsonNode value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> array(parser);
      case VALUE_STRING -> string(parser);
      case VALUE_NUMBER_INT -> nodes.numberNode(parser.getBigIntegerValue());
      case VALUE_NUMBER_FLOAT -> decimal(parser);
      case VALUE_TRUE -> nodes.booleanNode(true);
      case VALUE_FALSE -> nodes.booleanNode(false);
      default -> nodes.nullNode();
    };
  }

  private ObjectNode object(JsonParser parser) throws IOException {
    ObjectNode object = nodes.objectNode();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = checked(parser, parser.currentName());
      parser.nextToken();
      object.set(name, value(parser));
    }
    return object;
  }

  private ArrayNode array(JsonParser parser) throws IOException {
    ArrayNode array = nodes.arrayNode();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      array.add(value(parser));
    }
    return array;
  }

  private JsonNode string(JsonParser parser) throws IOException {
    String path = "content".equals(parser.currentName()) ? path(parser.getParsingContext()) : "";
    if (!CONTENT.matcher(path).matches()) {
      return nodes.textNode(checked(parser, parser.getText()));
    }
    BoundedBytes content = new BoundedBytes(maxAttachment);
    try {
      parser.readBinaryValue(BASE64, content);
    } catch (BoundedBytes.Full e) {
      throw rejected(path, "is larger than " + maxAttachment + " bytes");
    } catch (JsonProcessingException | IllegalArgumentException e) {
      // The one is thrown for bytes, the other for text.
      throw rejected(path, "is no Base64");
    }
    return nodes.binaryNode(content.toByteArray());
  }

  // PostgreSQL holds no number as large as an exponent can make it.
  private JsonNode decimal(JsonParser parser) throws IOException {
    BigDecimal number = parser.getDecimalValue();
    if (Math.abs((long) number.scale()) > MAX_EXPONENT) {
      throw rejected(path(parser.getParsingContext()), "is too large or too small a number");
    }
    return nodes.numberNode(number);
  }

  private static String checked(JsonParser parser, String text) {
    if (text.indexOf('\0') >= 0) {
      throw rejected(path(parser.getParsingContext()), "contains a NUL character: remove it");
    }
    if (!HeaderText.isUnicode(text)) {
      throw rejected(path(parser.getParsingContext()), "contains an unpaired surrogate: remove it");
    }
    return text;
  }

  private static String path(JsonStreamContext place) {
    JsonStreamContext parent = place.getParent();
    String before = parent == null ? "" : path(parent);
    if (place.inArray()) {
      return before + "[" + place.getCurrentIndex() + "]";
    }
    if (!place.hasCurrentName()) {
      return before;
    }
    String name = place.getCurrentName().replaceAll("\\p{Cntrl}", "?");
    return before.isEmpty() ? name : before + "." + name;
  }

  private static SubmissionRejected rejected(String field, String reason) {
    return new SubmissionRejected(null, field, reason);
  }
}
