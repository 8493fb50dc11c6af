package org.byoemail.api;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.io.IOException;
import java.io.Reader;
import java.util.function.Supplier;
import org.byoemail.platform.conversation.Messages;
import org.jspecify.annotations.Nullable;

/**
 * A text of a message, whole however long it is: one that is longer than what was read of it is
 * read anew, piece by piece, while it is written.
 *
 * @param whole reads all of it
 */
@JsonSerialize(using = StreamedText.Writer.class)
record StreamedText(String start, Supplier<Reader> whole) {

  /**
   * @param excerpt null: there is none
   */
  static @Nullable StreamedText of(@Nullable String excerpt, Supplier<Reader> whole) {
    return excerpt == null ? null : new StreamedText(excerpt, whole);
  }

  /** Whether more than its start may be there. */
  static boolean goesOn(@Nullable String excerpt) {
    return excerpt != null
        && excerpt.length() >= Messages.EXCERPT
        && excerpt.codePointCount(0, excerpt.length()) >= Messages.EXCERPT;
  }

  static final class Writer extends JsonSerializer<StreamedText> {
    @Override
    public void serialize(StreamedText text, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      if (goesOn(text.start)) {
        try (Reader whole = text.whole.get()) {
          json.writeString(whole, -1);
        }
      } else {
        json.writeString(text.start);
      }
    }
  }
}
