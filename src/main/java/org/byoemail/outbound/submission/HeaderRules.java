package org.byoemail.outbound.submission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.byoemail.format.mail.Ascii;
import org.byoemail.format.mail.HeaderField;
import org.byoemail.format.mail.HeaderText;
import org.jspecify.annotations.Nullable;

/** Which header fields a producer may add, and what they may hold. */
final class HeaderRules {
  private static final int MAX_HEADERS = 50;
  private static final int MAX_VALUE_LENGTH = 4000;

  /** Instructions to Postmark, which are the operator's. */
  private static final String OF_POSTMARK = "x-pm-";

  private static final Pattern EXTENSION = Pattern.compile("x-[a-z0-9_-]{1,70}");
  private static final Set<String> FREE_TEXT = Set.of("comments", "keywords", "organization");
  private static final Set<String> STRUCTURED =
      Set.of(
          "list-archive",
          "list-help",
          "list-id",
          "list-owner",
          "list-post",
          "list-subscribe",
          "list-unsubscribe",
          "list-unsubscribe-post",
          "precedence",
          "importance",
          "priority",
          "sensitivity",
          "feedback-id",
          "content-language");

  private final String attemptHeader;

  HeaderRules(String attemptHeader) {
    this.attemptHeader = attemptHeader.toLowerCase(Locale.ROOT);
  }

  List<HeaderField> read(JsonFields submission) {
    JsonNode value = submission.get("headers");
    if (value != null && !value.isObject()) {
      submission.refuse("headers", "must be an object of names and values");
    }
    if (!(value instanceof ObjectNode object)) {
      return List.of();
    }
    if (object.size() > MAX_HEADERS) {
      submission.refuse("headers", "has more than " + MAX_HEADERS + " fields");
      return List.of();
    }
    List<HeaderField> headers = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
      String name = entry.getKey();
      String fault = fault(name, entry.getValue(), names);
      if (fault == null) {
        headers.add(new HeaderField(name, entry.getValue().textValue().strip()));
      } else {
        submission.refuse("headers." + name.replaceAll("\\p{Cntrl}", "?"), fault);
      }
    }
    return headers;
  }

  private @Nullable String fault(String name, JsonNode value, Set<String> before) {
    String key = name.toLowerCase(Locale.ROOT);
    boolean extension =
        EXTENSION.matcher(key).matches()
            && !key.equals(attemptHeader)
            && !key.startsWith(OF_POSTMARK);
    boolean freeText = extension || FREE_TEXT.contains(key);
    if (!freeText && !STRUCTURED.contains(key)) {
      return "is not a header field that may be added";
    }
    if (!before.add(key)) {
      return "is a duplicate";
    }
    if (!value.isTextual()) {
      return "must be a string";
    }
    String text = value.textValue();
    if (text.length() > MAX_VALUE_LENGTH) {
      return "is longer than " + MAX_VALUE_LENGTH + " characters";
    }
    if (!freeText && !Ascii.isAll(text)) {
      return "must be ASCII";
    }
    if (HeaderText.longestWord(text) > HeaderText.MAX_WORD) {
      return "has a word longer than " + HeaderText.MAX_WORD + " characters";
    }
    return HeaderText.fault(text);
  }
}
