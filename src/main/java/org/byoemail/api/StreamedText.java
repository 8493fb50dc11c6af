package org.byoemail.api;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.io.IOException;
import java.io.Reader;
import java.util.function.Supplier;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.platform.conversation.Messages;
import org.byoemail.platform.conversation.Messages.Body;
import org.jspecify.annotations.Nullable;

/**
 * A text of a message, of any length: one that is longer than its excerpt is read again and written
 * piece by piece, so that it is never in memory as a whole.
 *
 * @param whole reads all of it
 */
@JsonSerialize(using = StreamedText.Serializer.class)
record StreamedText(String excerpt, Supplier<Reader> whole) {

  /** Reads a text of a message piece by piece. */
  interface Source {
    Reader read(StoredMessageId message, Body body);
  }

  /** Null if there is no excerpt, that is, no text. */
  static @Nullable StreamedText of(@Nullable String excerpt, Supplier<Reader> whole) {
    return excerpt == null ? null : new StreamedText(excerpt, whole);
  }

  /** Whether the text may be longer than its excerpt. */
  static boolean isTruncated(@Nullable String excerpt) {
    return excerpt != null
        && excerpt.length() >= Messages.EXCERPT
        && excerpt.codePointCount(0, excerpt.length()) >= Messages.EXCERPT;
  }

  static final class Serializer extends JsonSerializer<StreamedText> {
    @Override
    public void serialize(StreamedText text, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      if (isTruncated(text.excerpt)) {
        try (Reader whole = text.whole.get()) {
          json.writeString(whole, -1);
        }
      } else {
        json.writeString(text.excerpt);
      }
    }
  }
}
