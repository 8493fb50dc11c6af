package org.byoemail.format.mime;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.format.mail.Uuencode;

/** Takes the files out of a text that were put into it as lines of uuencode, as before MIME. */
final class UuencodedFiles {
  private static final Pattern BEGIN =
      Pattern.compile("(?m)^begin [0-7]{3,4} (\\S[^\\r\\n]{0,200})\\n");
  private static final int MAX_FILES = 100;

  private final String text;
  private final List<File> files = new ArrayList<>();
  private final StringBuilder rest = new StringBuilder();

  private UuencodedFiles(String text) {
    this.text = text;
  }

  /** A file and the name it was sent with. */
  record File(String name, byte[] content) {}

  /**
   * A text without its files.
   *
   * @param files in the order of the text
   */
  record Split(String text, List<File> files) {}

  static Split split(String text) {
    if (!text.contains("begin ")) {
      return new Split(text, List.of());
    }
    UuencodedFiles found = new UuencodedFiles(text);
    found.read();
    return found.files.isEmpty()
        ? new Split(text, List.of())
        : new Split(found.rest.toString(), List.copyOf(found.files));
  }

  private void read() {
    Matcher begin = BEGIN.matcher(text);
    int done = 0;
    int from = 0;
    while (files.size() < MAX_FILES && begin.find(from)) {
      ByteArrayOutputStream content = new ByteArrayOutputStream();
      int end = lines(begin.end(), content);
      // A person may write "begin 100 ..." too: without a line of data it is text.
      if (content.size() > 0) {
        rest.append(text, done, begin.start());
        files.add(new File(begin.group(1).strip(), content.toByteArray()));
        done = end;
      }
      from = Math.max(end, begin.end());
    }
    rest.append(text, done, text.length());
  }

  /** Decodes the lines from there on, and says where the first one begins that is none. */
  private int lines(int start, ByteArrayOutputStream content) {
    int pos = start;
    while (pos < text.length()) {
      int end = text.indexOf('\n', pos);
      String line = text.substring(pos, end < 0 ? text.length() : end).stripTrailing();
      int next = end < 0 ? text.length() : end + 1;
      if (line.equals("end")) {
        return next;
      }
      if (!line.isEmpty() && !line.equals("`") && !Uuencode.decodeLine(line, content)) {
        return pos;
      }
      pos = next;
    }
    return pos;
  }
}
