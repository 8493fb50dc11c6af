package org.byoemail.command.inspect;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** Splits a mailbox in mbox format (RFC 4155); a single mail is returned as it is. */
final class Mbox {
  private static final byte[] FROM = "From ".getBytes(StandardCharsets.US_ASCII);

  /** With the date that RFC 4155 asks for, so that a sentence does not end a mail. */
  private static final Pattern SEPARATOR =
      Pattern.compile(
          "From \\S{1,320} {1,4}(Mon|Tue|Wed|Thu|Fri|Sat|Sun) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug"
              + "|Sep|Oct|Nov|Dec) [ \\d]\\d .{4,40}");

  private static final int MAX_SEPARATOR = 400;

  private Mbox() {}

  /** The mails of the mailbox; the array itself if it is not a mailbox. */
  static List<byte[]> split(byte[] file) {
    if (!isSeparator(file, 0)) {
      return List.of(file);
    }
    List<byte[]> mails = new ArrayList<>();
    int start = lineEnd(file, 0);
    boolean blank = false;
    for (int line = start; line < file.length; line = lineEnd(file, line)) {
      if (blank && isSeparator(file, line)) {
        mails.add(Arrays.copyOfRange(file, start, line));
        start = lineEnd(file, line);
      }
      blank = file[line] == '\n' || file[line] == '\r';
    }
    mails.add(Arrays.copyOfRange(file, start, file.length));
    return mails;
  }

  private static boolean isSeparator(byte[] file, int start) {
    if (file.length - start < FROM.length
        || !Arrays.equals(file, start, start + FROM.length, FROM, 0, FROM.length)) {
      return false;
    }
    int end = Math.min(lineEnd(file, start), start + MAX_SEPARATOR);
    String line = new String(file, start, end - start, StandardCharsets.ISO_8859_1);
    return SEPARATOR.matcher(line.strip()).matches();
  }

  private static int lineEnd(byte[] file, int from) {
    int pos = from;
    while (pos < file.length && file[pos] != '\n') {
      pos++;
    }
    return Math.min(pos + 1, file.length);
  }
}
