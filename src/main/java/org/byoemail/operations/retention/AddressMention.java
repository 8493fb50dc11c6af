package org.byoemail.operations.retention;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.byoemail.outbound.submission.RejectedSubmission;

/**
 * Recognises an address in a text, but not in a longer address that contains it: joann@example.com
 * does not mention ann@example.com. Immutable.
 */
final class AddressMention {
  private static final Pattern JSON_ESCAPES = Pattern.compile("\\\\[bfnrt]");

  private final Pattern pattern;

  AddressMention(String address) {
    this.pattern =
        Pattern.compile(
            "(?<![\\p{L}\\p{N}._+-])"
                + Pattern.quote(address)
                + "(?![\\p{L}\\p{N}-]|\\.[\\p{L}\\p{N}])",
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
  }

  boolean isIn(String text) {
    return pattern.matcher(text).find();
  }

  /** Whether a text or a field name in it mentions the address. */
  boolean isIn(JsonNode node) {
    if (node.isTextual()) {
      return isIn(node.textValue());
    }
    for (JsonNode child : node) {
      if (isIn(child)) {
        return true;
      }
    }
    return node.isObject()
        && node.properties().stream().anyMatch(property -> isIn(property.getKey()));
  }

  boolean isIn(RejectedSubmission rejected) {
    byte[] body = rejected.body();
    return isIn(rejected.reason())
        || body != null
            && isIn(JSON_ESCAPES.matcher(new String(body, StandardCharsets.UTF_8)).replaceAll(" "));
  }
}
