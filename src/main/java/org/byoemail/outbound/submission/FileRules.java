package org.byoemail.outbound.submission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.mail.internet.ContentType;
import jakarta.mail.internet.ParseException;
import java.io.IOException;
import java.net.URLConnection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.byoemail.format.mail.Ascii;
import org.jspecify.annotations.Nullable;

/** Reads the attachments of a submission. Their Base64 was decoded with the JSON. */
final class FileRules {

  private static final Set<String> KNOWN = Set.of("id", "name", "contentType", "cid", "content");
  private static final String UNKNOWN_TYPE = "application/octet-stream";
  private static final int MAX_NAME_LENGTH = 255;
  private static final Pattern TYPE =
      Pattern.compile("[A-Za-z0-9!#$&^_.+-]{1,100}/[A-Za-z0-9!#$&^_.+-]{1,100}(\\s*;.*)?");
  private static final Pattern CONTENT_ID = Pattern.compile("[!-;=?-~]{1,200}");

  private final int most;

  FileRules(int most) {
    this.most = most;
  }

  List<SubmittedFile> read(JsonFields submission, List<InvalidField> invalid) {
    JsonNode value = submission.get("attachments");
    if (value != null && value.size() > most) {
      submission.refuse("attachments", "has more than " + most + " files");
      return List.of();
    }
    List<SubmittedFile> files = new ArrayList<>();
    Set<String> contentIds = new HashSet<>();
    submission.objects(
        "attachments",
        (path, node) -> {
          SubmittedFile file = file(node, new JsonFields(node, path, invalid));
          files.add(file);
          if (file.contentId() != null && !contentIds.add(file.contentId())) {
            submission.refuse(path + ".cid", "is another attachment's already");
          }
        });
    return files;
  }

  private static SubmittedFile file(ObjectNode node, JsonFields fields) {
    fields.only(KNOWN);
    UUID upload = fields.uuid("id");
    String name = name(fields);
    String contentType = contentType(fields);
    String contentId = contentId(fields);
    byte[] content = content(fields);
    if (fields.has("id") == fields.has("content")) {
      fields.refuse("content", "must be there where id is not, and only there");
    }
    if (fields.has("content") && !fields.has("name")) {
      fields.refuse("name", "is missing");
    }
    if (contentType == null && content != null) {
      contentType = guess(name);
    }
    return new SubmittedFile(upload, name, contentType, contentId, content);
  }

  static @Nullable String name(JsonFields fields) {
    String name = fields.line("name", MAX_NAME_LENGTH);
    if (name != null && name.isBlank()) {
      fields.refuse("name", "is empty");
      return null;
    }
    return name;
  }

  static @Nullable String contentType(JsonFields fields) {
    String type = fields.line("contentType", MAX_NAME_LENGTH);
    if (type == null) {
      return null;
    }
    try {
      if (Ascii.isAll(type)
          && TYPE.matcher(type).matches()
          && new ContentType(type).getPrimaryType() != null) {
        return type;
      }
    } catch (ParseException e) {
      // Told below.
    }
    fields.refuse("contentType", "is not a media type, such as image/png");
    return null;
  }

  /** The media type that a file name suggests. */
  static String guess(@Nullable String name) {
    String guessed = name == null ? null : URLConnection.guessContentTypeFromName(name);
    return guessed == null ? UNKNOWN_TYPE : guessed;
  }

  private static @Nullable String contentId(JsonFields fields) {
    String contentId = fields.line("cid", MAX_NAME_LENGTH);
    if (contentId != null && !CONTENT_ID.matcher(contentId).matches()) {
      fields.refuse("cid", "must be ASCII, without angle brackets and spaces");
      return null;
    }
    return contentId;
  }

  private static byte @Nullable [] content(JsonFields fields) {
    JsonNode content = fields.get("content");
    if (content == null) {
      return null;
    }
    if (!content.isBinary()) {
      fields.refuse("content", "must be a string of Base64");
      return null;
    }
    try {
      return content.binaryValue();
    } catch (IOException e) {
      throw new IllegalStateException("decoded Base64 has bytes", e);
    }
  }
}
