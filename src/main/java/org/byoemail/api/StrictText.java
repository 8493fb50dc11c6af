package org.byoemail.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.deser.std.StringDeserializer;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.byoemail.format.mail.HeaderText;

/** Refuses strings and times of a request that the database cannot store. */
final class StrictText {
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999Z");
  private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");

  private StrictText() {}

  static SimpleModule module() {
    return new SimpleModule("strict-text")
        .addDeserializer(String.class, new Text())
        .addDeserializer(Instant.class, new Time());
  }

  /** Whether a time is within the years that ISO 8601 writes with four digits. */
  static boolean isStorable(Instant time) {
    return !time.isBefore(EARLIEST) && !time.isAfter(LATEST);
  }

  /** A value is refused; the message says why, and can be shown. */
  static final class Refused extends MismatchedInputException {
    private static final long serialVersionUID = 1;

    Refused(JsonParser parser, String reason, Class<?> type) {
      super(parser, reason, type);
    }
  }

  private static final class Text extends StringDeserializer {
    private static final long serialVersionUID = 1;

    @Override
    public String deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      String text = super.deserialize(parser, context);
      if (text != null && text.indexOf('\0') >= 0) {
        throw new Refused(parser, "contains a NUL character: remove it", String.class);
      }
      if (text != null && !HeaderText.isUnicode(text)) {
        throw new Refused(parser, "contains an unpaired surrogate: remove it", String.class);
      }
      return text;
    }
  }

  private static final class Time extends StdScalarDeserializer<Instant> {
    private static final long serialVersionUID = 1;

    Time() {
      super(Instant.class);
    }

    @Override
    public Instant deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      try {
        if (parser.hasToken(JsonToken.VALUE_STRING)) {
          Instant time = OffsetDateTime.parse(parser.getText()).toInstant();
          if (isStorable(time)) {
            return time;
          }
        }
      } catch (DateTimeException e) {
        // Reported below.
      }
      throw new Refused(
          parser,
          "must be a time such as 2026-11-24T09:00:00Z, before the year 10000",
          Instant.class);
    }
  }
}
