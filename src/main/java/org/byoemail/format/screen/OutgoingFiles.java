package org.byoemail.format.screen;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Judges a file by its name, its declared type and its first bytes. */
final class OutgoingFiles {
  /** How many bytes are judged. */
  static final int HEAD = 1024;

  private static final Map<String, Set<String>> FORMS_BY_EXTENSION =
      Map.ofEntries(
          Map.entry("pdf", Set.of("pdf")),
          Map.entry("png", Set.of("picture")),
          Map.entry("jpg", Set.of("picture")),
          Map.entry("jpeg", Set.of("picture")),
          Map.entry("gif", Set.of("picture")),
          Map.entry("zip", Set.of("zip")),
          Map.entry("docx", Set.of("zip", "ole")),
          Map.entry("xlsx", Set.of("zip", "ole")),
          Map.entry("pptx", Set.of("zip", "ole")),
          // Word and Excel open text, HTML and OOXML under their old names, and much writes these.
          Map.entry("doc", Set.of("ole", "zip", "text")),
          Map.entry("xls", Set.of("ole", "zip", "text")),
          Map.entry("txt", Set.of("text")),
          Map.entry("csv", Set.of("text")),
          Map.entry("html", Set.of("text")),
          Map.entry("json", Set.of("text")),
          Map.entry("xml", Set.of("text")));

  private static final Map<String, Set<String>> FORMS_BY_TYPE =
      Map.of(
          "application/pdf", Set.of("pdf"),
          "image/png", Set.of("picture"),
          "image/jpeg", Set.of("picture"),
          "image/gif", Set.of("picture"),
          "application/zip", Set.of("zip"),
          "text/plain", Set.of("text"),
          "text/csv", Set.of("text"),
          "text/html", Set.of("text"));

  private OutgoingFiles() {}

  /** What does not fit, such as {@code its name ends in pdf, its content is a zip archive}. */
  static Optional<String> mismatch(String name, String type, byte[] head) {
    if (head.length == 0) {
      return Optional.empty();
    }
    String form = form(head);
    String lower = name.toLowerCase(Locale.ROOT).strip();
    String extension = lower.substring(lower.lastIndexOf('.') + 1);
    Set<String> byName = FORMS_BY_EXTENSION.get(extension);
    if (byName != null && !byName.contains(form)) {
      return Optional.of("its name ends in " + extension + ", its content is " + shown(form));
    }
    String media = type.toLowerCase(Locale.ROOT).split(";", 2)[0].strip();
    Set<String> byType = FORMS_BY_TYPE.get(media);
    if (byType != null && !byType.contains(form)) {
      return Optional.of("its type is " + media + ", its content is " + shown(form));
    }
    return form.equals("program") && byName == null && !isProgram(extension, media)
        ? Optional.of("its content is a program, which neither name nor type says")
        : Optional.empty();
  }

  private static boolean isProgram(String extension, String media) {
    return Set.of("exe", "dll", "com", "scr", "sys", "so", "bin", "elf", "efi").contains(extension)
        || media.contains("executable")
        || media.contains("x-msdownload")
        || media.contains("x-dosexec");
  }

  private static String shown(String form) {
    return switch (form) {
      case "zip" -> "a zip archive";
      case "ole" -> "an Office document of the old form";
      case "archive" -> "an archive";
      case "pdf" -> "a PDF";
      case "picture" -> "a picture";
      case "program" -> "a program";
      case "text" -> "text";
      default -> "something else";
    };
  }

  static String form(byte[] head) {
    if (has(head, 0, "%PDF-") || indexOf(head, "%PDF-") >= 0) {
      return "pdf";
    }
    boolean riff = has(head, 0, "RIFF") && has(head, 8, "WEBP");
    boolean heif =
        has(head, 4, "ftyp")
            && (has(head, 8, "hei") || has(head, 8, "mif1") || has(head, 8, "avif"));
    if (has(head, 0, "\u0089PNG")
        || has(head, 0, "GIF8")
        || has(head, 0, "\u00FF\u00D8\u00FF")
        || has(head, 0, "BM") && !isText(head)
        || has(head, 0, "II*\0")
        || has(head, 0, "MM\0*")
        || riff
        || heif) {
      return "picture";
    }
    if (has(head, 0, "PK\3\4") || has(head, 0, "PK\5\6")) {
      return "zip";
    }
    if (has(head, 0, "\u00D0\u00CF\u0011\u00E0")) {
      return "ole";
    }
    if (has(head, 0, "Rar!\u001A\u0007")
        || has(head, 0, "7z\u00BC\u00AF\u0027\u001C")
        || has(head, 0, "\u001F\u008B")) {
      return "archive";
    }
    if (has(head, 0, "MZ") && head.length > 64 && !isText(head) || has(head, 0, "\u007FELF")) {
      return "program";
    }
    return isText(head) ? "text" : "other";
  }

  /**
   * Text of any charset that keeps ASCII, or UTF-16 with its mark: no NUL, few control characters.
   */
  static boolean isText(byte[] head) {
    if (isUtf16(head)) {
      return true;
    }
    int controls = 0;
    for (byte b : head) {
      if (b == 0) {
        return false;
      }
      boolean blank = b == '\t' || b == '\n' || b == '\r' || b == '\f' || b == 27;
      controls += b > 0 && b < ' ' && !blank ? 1 : 0;
    }
    return controls * 50 <= head.length;
  }

  static boolean isUtf16(byte[] head) {
    return has(head, 0, "\u00FF\u00FE") || has(head, 0, "\u00FE\u00FF");
  }

  /** UTF-16 with its mark, UTF-8, or else Latin-1, in which every byte is a character. */
  static String decoded(byte[] bytes) {
    if (isUtf16(bytes)) {
      return new String(bytes, StandardCharsets.UTF_16);
    }
    try {
      // A character may be cut at the end.
      int length = bytes.length;
      for (int i = 0; i < 3 && length > 0 && bytes[length - 1] < 0; i++) {
        length--;
      }
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes, 0, length))
          .toString();
    } catch (CharacterCodingException e) {
      return new String(bytes, StandardCharsets.ISO_8859_1);
    }
  }

  private static boolean has(byte[] head, int at, String start) {
    for (int i = 0; i < start.length(); i++) {
      if (at + i >= head.length || head[at + i] != (byte) start.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static int indexOf(byte[] head, String wanted) {
    for (int i = 0; i + wanted.length() <= head.length; i++) {
      if (has(head, i, wanted)) {
        return i;
      }
    }
    return -1;
  }
}
