package org.byoemail.outbound.submission;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.byoemail.outbound.composition.CompositionFixtures;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** Submissions as producers write them. */
public final class SubmissionFixtures {
  private static final ObjectMapper JSON = new ObjectMapper();

  private SubmissionFixtures() {}

  public static SubmissionSettings settings() {
    return new SubmissionSettings(
        DataSize.ofMegabytes(1), DataSize.ofKilobytes(100), 5, 3, Duration.ofDays(5));
  }

  public static SubmissionReader reader() {
    return new SubmissionReader(settings(), CompositionFixtures.attemptHeader());
  }

  /** The least there can be. */
  public static Map<String, @Nullable Object> minimal() {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("from", "ada@example.org");
    fields.put("to", "ben@example.net");
    fields.put("subject", "Hello");
    fields.put("body", "How are you?");
    return fields;
  }

  /** The least there can be, with one field more or in another form. */
  public static Map<String, @Nullable Object> with(String field, @Nullable Object value) {
    Map<String, @Nullable Object> fields = minimal();
    fields.put(field, value);
    return fields;
  }

  public static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
