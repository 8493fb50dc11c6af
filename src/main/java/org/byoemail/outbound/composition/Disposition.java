package org.byoemail.outbound.composition;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.byoemail.format.mail.AsciiName;

/**
 * The Content-Disposition field of a file (RFC 2183) with its name: quoted where it is short and
 * plain, else in the segments of RFC 2231 section 4.1, which the library does not make of an
 * encoded name however long it is. Before these is an ASCII form of the name for programs that do
 * not read RFC 2231; others prefer the extended parameter (RFC 6266 section 4.3).
 */
final class Disposition {

  private static final Pattern PLAIN = Pattern.compile("[ !#-\\[\\]-~]{1,60}");
  private static final String ATTRIBUTE_CHARACTERS = "!#$&+-.^_`{|}~";
  private static final int SEGMENT = 50;

  private Disposition() {}

  static String field(String disposition, String fileName) {
    HeaderCheck.line("file name", fileName);
    if (PLAIN.matcher(fileName).matches()) {
      return disposition + ";\r\n\tfilename=\"" + fileName + '"';
    }
    StringBuilder field =
        new StringBuilder(disposition)
            .append(";\r\n\tfilename=\"")
            .append(AsciiName.of(fileName))
            .append('"');
    StringBuilder segment = new StringBuilder("UTF-8''");
    int number = 0;
    for (byte octet : fileName.getBytes(StandardCharsets.UTF_8)) {
      if (segment.length() > SEGMENT) {
        append(field, number++, segment);
      }
      encode(segment, octet);
    }
    append(field, number, segment);
    return field.toString();
  }

  private static void append(StringBuilder field, int number, StringBuilder segment) {
    field.append(";\r\n\tfilename*").append(number).append("*=").append(segment);
    segment.setLength(0);
  }

  private static void encode(StringBuilder segment, byte octet) {
    char c = (char) (octet & 0xff);
    boolean isPlain =
        c >= 'a' && c <= 'z'
            || c >= 'A' && c <= 'Z'
            || c >= '0' && c <= '9'
            || ATTRIBUTE_CHARACTERS.indexOf(c) >= 0;
    segment.append(isPlain ? String.valueOf(c) : "%%%02X".formatted((int) c));
  }
}
