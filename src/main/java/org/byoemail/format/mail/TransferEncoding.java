package org.byoemail.format.mail;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.apache.james.mime4j.codec.DecodeMonitor;
import org.apache.james.mime4j.codec.QuotedPrintableInputStream;

/** How the body of a part is encoded for transport (RFC 2045 section 6). Bad input is skipped. */
public enum TransferEncoding {
  IDENTITY {
    @Override
    public InputStream decoding(byte[] data, int from, int to) {
      return new ByteArrayInputStream(data, from, to - from);
    }

    @Override
    public byte[] decode(byte[] data, int from, int to) {
      return Arrays.copyOfRange(data, from, to);
    }
  },
  BASE64 {
    @Override
    public InputStream decoding(byte[] data, int from, int to) {
      return new Base64Reader(data, from, to);
    }

    @Override
    public byte[] decode(byte[] data, int from, int to) {
      return Base64Reader.decode(data, from, to);
    }

    @Override
    public boolean isBroken(ByteSlice encoded) {
      return Base64Reader.isBroken(encoded);
    }

    @Override
    public boolean isInNameOnly(ByteSlice text) {
      return Base64Reader.isPlainText(text);
    }
  },
  QUOTED_PRINTABLE {
    @Override
    public InputStream decoding(byte[] data, int from, int to) {
      return new QuotedPrintableInputStream(
          new ByteArrayInputStream(data, from, to - from), DecodeMonitor.SILENT);
    }
  },
  /** Lines of uuencode, as before MIME. */
  UUENCODE {
    @Override
    public InputStream decoding(byte[] data, int from, int to) {
      return new ByteArrayInputStream(decode(data, from, to));
    }

    @Override
    public byte[] decode(byte[] data, int from, int to) {
      return Uuencode.decode(data, from, to);
    }
  };

  /** What these bytes stand for, decoded as it is read. */
  public abstract InputStream decoding(byte[] data, int from, int to);

  /** Whether what stands there breaks the rules of the encoding, and is read all the same. */
  public boolean isBroken(ByteSlice encoded) {
    return false;
  }

  /** Whether this is a text as people write it, to which the encoding was never applied. */
  public boolean isInNameOnly(ByteSlice text) {
    return false;
  }

  /** The encoding of that name; empty if unknown. */
  public static Optional<TransferEncoding> find(String name) {
    String letters = CharsetNames.letters(withoutComments(name.toLowerCase(Locale.ROOT)));
    return switch (letters) {
      case "", "7bit", "8bit", "binary", "7bits", "8bits", "7", "8", "none" ->
          Optional.of(IDENTITY);
      case "base64", "xbase64", "b64" -> Optional.of(BASE64);
      case "quotedprintable", "xquotedprintable", "qp" -> Optional.of(QUOTED_PRINTABLE);
      case "uuencode", "xuuencode", "uue", "xuue" -> Optional.of(UUENCODE);
      default -> Optional.empty();
    };
  }

  private static String withoutComments(String name) {
    if (name.indexOf('(') < 0 && name.indexOf(';') < 0) {
      return name;
    }
    StringBuilder out = new StringBuilder();
    int depth = 0;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == ';' && depth == 0) {
        break;
      }
      depth += c == '(' ? 1 : 0;
      if (depth == 0) {
        out.append(c);
      }
      depth -= c == ')' && depth > 0 ? 1 : 0;
    }
    return out.toString();
  }

  /** What these bytes stand for: a copy. */
  public byte[] decode(byte[] data, int from, int to) {
    try (InputStream in = decoding(data, from, to)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory failed", e);
    }
  }
}
