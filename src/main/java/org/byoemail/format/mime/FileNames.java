package org.byoemail.format.mime;

import java.util.Map;
import java.util.regex.Pattern;

/** Makes a harmless file name of what the sender of a part called it. */
final class FileNames {
  private static final int MAX_LENGTH = 200;
  private static final Pattern LINE_BREAKS = Pattern.compile("[\\t\\r\\n]+");
  private static final Pattern INVISIBLE = Pattern.compile("[\\p{Cntrl}\\p{Cf}]");
  private static final Map<String, String> EXTENSIONS =
      Map.ofEntries(
          Map.entry("message/rfc822", "eml"),
          Map.entry("message/global", "eml"),
          Map.entry("text/plain", "txt"),
          Map.entry("text/html", "html"),
          Map.entry("text/calendar", "ics"),
          Map.entry("text/csv", "csv"),
          Map.entry("text/rfc822-headers", "txt"),
          Map.entry("message/delivery-status", "txt"),
          Map.entry("image/jpeg", "jpg"),
          Map.entry("image/png", "png"),
          Map.entry("image/gif", "gif"),
          Map.entry("application/pdf", "pdf"),
          Map.entry("application/zip", "zip"),
          Map.entry("application/json", "json"),
          Map.entry("application/pgp-signature", "asc"),
          Map.entry("application/pkcs7-signature", "p7s"));

  private FileNames() {}

  /**
   * The name of a part, made up from its type where it has none.
   *
   * @param number tells parts without a name apart
   */
  static String of(MimePart part, int number) {
    String given = harmless(part.fileName().orElse(""));
    if (!given.isEmpty()) {
      return given;
    }
    String kind = part.is("message/rfc822") || part.is("message/global") ? "message" : "attachment";
    return kind + "-" + number + "." + EXTENSIONS.getOrDefault(part.type(), "bin");
  }

  private static String harmless(String name) {
    String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
    // Format characters could turn the visible end of a name around.
    String line = LINE_BREAKS.matcher(last).replaceAll(" ");
    String seen = INVISIBLE.matcher(line).replaceAll("").strip();
    int start = 0;
    while (start < seen.length() && seen.charAt(start) == '.') {
      start++;
    }
    String clean = seen.substring(start);
    return clean.length() <= MAX_LENGTH ? clean : shortened(clean);
  }

  /** Keeps the extension: it says what the file is. */
  private static String shortened(String name) {
    int dot = name.lastIndexOf('.');
    String extension = dot > 0 && name.length() - dot <= 20 ? name.substring(dot) : "";
    int end = MAX_LENGTH - extension.length();
    return name.substring(0, Character.isHighSurrogate(name.charAt(end - 1)) ? end - 1 : end)
        + extension;
  }
}
