package org.byoemail.format.screen;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.byoemail.format.mime.ParsedAttachment;
import org.byoemail.format.screen.Finding.Kind;

/** Judges attachments by their names and their first bytes; nothing is unpacked. */
final class SuspiciousFiles {
  private static final int MAX_FILES = 100;
  private static final int HEAD = 512;

  /** Signatures of archives and documents, whose directory of names is not compressed. */
  private static final int MAX_READ = 1 << 20;

  private static final Set<String> EXECUTABLE =
      Set.of(
          "exe", "scr", "com", "bat", "cmd", "ps1", "vbs", "vbe", "js", "jse", "wsf", "wsh", "hta",
          "msi", "msp", "jar", "lnk", "pif", "cpl", "reg", "iso", "img", "vhd", "vhdx", "apk",
          "scf", "chm", "xll", "appx", "msix");

  private static final Set<String> MACROS =
      Set.of(
          "docm", "dotm", "xlsm", "xltm", "xlam", "xlsb", "pptm", "potm", "ppam", "ppsm", "sldm");

  private static final Set<String> HARMLESS =
      Set.of(
          "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "txt", "csv", "jpg", "jpeg", "png",
          "gif", "html", "rtf", "zip", "mp3", "mp4");

  private static final byte[] VBA = "vbaProject.bin".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] OLE_VBA = "_VBA_PROJECT".getBytes(StandardCharsets.UTF_16LE);

  private final List<Finding> found = new ArrayList<>();
  private int room = 4 * MAX_READ;

  private SuspiciousFiles() {}

  static List<Finding> among(List<ParsedAttachment> files) {
    SuspiciousFiles judged = new SuspiciousFiles();
    for (int i = 0; i < Math.min(files.size(), MAX_FILES); i++) {
      judged.judge(files.get(i));
    }
    return judged.found;
  }

  private void judge(ParsedAttachment file) {
    String name = file.name();
    String lower = withoutDots(name.toLowerCase(Locale.ROOT));
    int last = lower.lastIndexOf('.');
    int other = last < 0 ? -1 : lower.lastIndexOf('.', last - 1);
    String ending = lower.substring(last < 0 ? lower.length() : last + 1).strip();
    String before = other < 0 ? "" : lower.substring(other + 1, last).strip();
    byte[] head = head(file, HEAD);
    Form form = Form.of(head);
    boolean executable = EXECUTABLE.contains(ending);
    if (executable && HARMLESS.contains(before)) {
      add(Kind.DOUBLE_EXTENSION, name);
    } else if (executable || form == Form.PROGRAM) {
      add(Kind.EXECUTABLE, name);
    }
    if (form.contradicts(ending)) {
      add(Kind.TYPE_MISMATCH, name);
    }
    if (form == Form.ZIP && isEncryptedZip(head)
        || form == Form.OTHER_ARCHIVE && isEncryptedRar(head)) {
      add(Kind.ENCRYPTED_ARCHIVE, name);
    }
    boolean document = form == Form.ZIP || form == Form.OLE;
    if (MACROS.contains(ending) || document && hasMacros(file, form)) {
      add(Kind.MACRO_FILE, name);
    }
  }

  /** Dots at the end begin no extension. */
  private static String withoutDots(String name) {
    int end = name.length();
    while (end > 0 && name.charAt(end - 1) == '.') {
      end--;
    }
    return name.substring(0, end);
  }

  private void add(Kind kind, String name) {
    found.add(Finding.of(kind, name));
  }

  private static byte[] head(ParsedAttachment file, int length) {
    try (InputStream in = file.open()) {
      return in.readNBytes(length);
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory failed", e);
    }
  }

  /** Bit 0 of the flags of the first file (APPNOTE.TXT, 4.4.4). */
  private static boolean isEncryptedZip(byte[] head) {
    return head.length > 6 && (head[6] & 1) != 0;
  }

  /** RAR 5 with an encrypted header, whose first block has the type 4. */
  private static boolean isEncryptedRar(byte[] head) {
    return head.length > 14 && head[0] == 'R' && head[6] == 1 && head[13] == 4;
  }

  private boolean hasMacros(ParsedAttachment file, Form form) {
    byte[] wanted = form == Form.ZIP ? VBA : OLE_VBA;
    byte[] read = head(file, Math.min(MAX_READ, room));
    room -= read.length;
    for (int i = 0; i + wanted.length <= read.length; i++) {
      int at = 0;
      while (at < wanted.length && read[i + at] == wanted[at]) {
        at++;
      }
      if (at == wanted.length) {
        return true;
      }
    }
    return false;
  }

  /** The type of content by its first bytes. */
  private enum Form {
    PDF,
    PICTURE,
    ZIP,
    OLE,
    PROGRAM,
    OTHER_ARCHIVE,
    UNKNOWN;

    private static final Set<String> SHOWN =
        Set.of("pdf", "png", "jpg", "jpeg", "gif", "txt", "csv", "html");

    static Form of(byte[] head) {
      if (begins(head, "%PDF-")) {
        return PDF;
      }
      if (begins(head, "\u0089PNG") || begins(head, "GIF8") || begins(head, "\u00FF\u00D8\u00FF")) {
        return PICTURE;
      }
      if (begins(head, "PK\3\4")) {
        return ZIP;
      }
      if (begins(head, "\u00D0\u00CF\u0011\u00E0")) {
        return OLE;
      }
      if (begins(head, "Rar!\u001A\u0007") || begins(head, "7z\u00BC\u00AF\u0027\u001C")) {
        return OTHER_ARCHIVE;
      }
      boolean windows = begins(head, "MZ") && head.length > 64;
      return windows || begins(head, "\u007FELF") ? PROGRAM : UNKNOWN;
    }

    private static boolean begins(byte[] head, String start) {
      for (int i = 0; i < start.length(); i++) {
        if (i >= head.length || head[i] != (byte) start.charAt(i)) {
          return false;
        }
      }
      return true;
    }

    /** Images with the extension of another image format are common and harmless. */
    boolean contradicts(String ending) {
      boolean shown = SHOWN.contains(ending);
      return switch (this) {
        case PROGRAM -> !ending.isEmpty() && !EXECUTABLE.contains(ending) && !ending.equals("dll");
        case ZIP, OLE, OTHER_ARCHIVE -> shown;
        case PDF -> shown && !ending.equals("pdf");
        default -> false;
      };
    }
  }
}
