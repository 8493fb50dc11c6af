package org.byoemail.outbound.submission;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Divides the body of a batch, {@code {"messages": [...]}} in UTF-8, into the bytes of its
 * submissions, which {@link SubmissionReader} reads one by one: an item that is refused leaves the
 * others as they are. Only what is no JSON at all fails as a whole. Thread-safe.
 */
public final class SubmissionBatch {
  /** The most submissions of one batch. */
  public static final int MAX_ITEMS = 100;

  private static final String ITEMS = "messages";

  /** Deeper than the reader of an item permits, whose refusal concerns that item only. */
  private static final int MAX_DEPTH = 1_000;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .build();

  private SubmissionBatch() {}

  /**
   * The bytes of each item, in order, at least one.
   *
   * @throws SubmissionRejected if the body is no batch, or has more than {@value #MAX_ITEMS} items
   */
  public static List<InputStream> items(byte[] body) {
    try (JsonParser parser = JSON.createParser(body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw rejected("", parser.hasCurrentToken() ? "is no JSON object" : "is empty");
      }
      List<InputStream> items = null;
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        if (!parser.currentName().equals(ITEMS) || items != null) {
          boolean isKnown = parser.currentName().equals(ITEMS);
          throw rejected(
              shown(parser.currentName()),
              isKnown ? "is given twice" : "is unknown; known fields: " + ITEMS);
        }
        items = array(parser, body);
      }
      if (parser.nextToken() != null) {
        throw rejected("", "the body has content after the end of the JSON object");
      }
      if (items == null || items.isEmpty()) {
        throw rejected(ITEMS, "is missing: give at least one submission");
      }
      return items;
    } catch (StreamConstraintsException e) {
      throw rejected("", "is too large: " + e.getOriginalMessage());
    } catch (JsonProcessingException e) {
      throw rejected(
          "",
          "is no JSON, at line "
              + e.getLocation().getLineNr()
              + ", column "
              + e.getLocation().getColumnNr());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read a batch", e);
    }
  }

  private static List<InputStream> array(JsonParser parser, byte[] body) throws IOException {
    if (parser.nextToken() != JsonToken.START_ARRAY) {
      throw rejected(ITEMS, "must be an array of submissions");
    }
    List<InputStream> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (items.size() == MAX_ITEMS) {
        throw rejected(
            ITEMS, "has more than " + MAX_ITEMS + " submissions: send the others in another batch");
      }
      long from = parser.currentTokenLocation().getByteOffset();
      parser.skipChildren();
      parser.finishToken();
      long to = parser.currentLocation().getByteOffset();
      if (from < 0 || to > body.length) {
        throw rejected("", "is not in UTF-8");
      }
      items.add(new ByteArrayInputStream(body, (int) from, (int) (to - from)));
    }
    return items;
  }

  private static String shown(String name) {
    String text = name.replaceAll("\\p{Cntrl}", "?");
    return text.length() <= 100 ? text : text.substring(0, 100);
  }

  private static SubmissionRejected rejected(String field, String reason) {
    return new SubmissionRejected(null, field, reason);
  }
}
