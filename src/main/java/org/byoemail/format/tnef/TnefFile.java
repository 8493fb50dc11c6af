package org.byoemail.format.tnef;

import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.ByteSlice;
import org.jspecify.annotations.Nullable;

/**
 * A file within TNEF.
 *
 * @param type its media type, if stated
 * @param isMail whether the data is a message in TNEF again
 */
public record TnefFile(
    String name, String type, Optional<String> contentId, ByteSlice data, boolean isMail) {
  private static final UUID MESSAGE_OBJECT =
      UUID.fromString("07030200-0000-0000-c000-000000000046");
  private static final int OBJECT_ID = 16;

  /** Collects the attributes of one file, which follow each other. */
  static final class Builder {
    private @Nullable String title;
    private @Nullable ByteSlice data;
    private @Nullable MapiProperties properties;

    void title(String found) {
      title = found;
    }

    void data(ByteSlice found) {
      data = found;
    }

    void properties(MapiProperties found) {
      properties = found;
    }

    /** The file; empty if it has no content. */
    Optional<TnefFile> build() {
      Optional<MapiProperties> mapi = Optional.ofNullable(properties);
      Optional<MapiProperties.Value> value =
          mapi.flatMap(p -> p.find(MapiProperties.ATTACH_DATA)).filter(v -> v.bytes().length() > 0);
      boolean object = value.isPresent() && value.get().isObject();
      ByteSlice content = value.map(MapiProperties.Value::bytes).orElse(data);
      boolean mail = object && isMessage(content);
      if (object && content != null && content.length() >= OBJECT_ID) {
        content = content.startingAt(content.from() + OBJECT_ID);
      }
      if (content == null) {
        return Optional.empty();
      }
      String name =
          text(mapi, MapiProperties.ATTACH_LONG_FILE_NAME)
              .or(() -> Optional.ofNullable(title))
              .or(() -> text(mapi, MapiProperties.ATTACH_FILE_NAME))
              .or(() -> text(mapi, MapiProperties.DISPLAY_NAME))
              .orElse("");
      String type = text(mapi, MapiProperties.ATTACH_TYPE).orElse("application/octet-stream");
      return Optional.of(
          new TnefFile(name, type, text(mapi, MapiProperties.ATTACH_CONTENT_ID), content, mail));
    }

    private static Optional<String> text(Optional<MapiProperties> properties, int id) {
      return properties.flatMap(found -> found.text(id));
    }

    private static boolean isMessage(@Nullable ByteSlice object) {
      return object != null
          && object.length() > OBJECT_ID
          && object.bigEndian().getLong() == MESSAGE_OBJECT.getMostSignificantBits()
          && object.bigEndian().position(object.from() + 8).getLong()
              == MESSAGE_OBJECT.getLeastSignificantBits();
    }
  }
}
