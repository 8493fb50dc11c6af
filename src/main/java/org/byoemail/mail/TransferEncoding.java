package org.byoemail.mail;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.apache.james.mime4j.codec.Base64InputStream;
import org.apache.james.mime4j.codec.DecodeMonitor;
import org.apache.james.mime4j.codec.QuotedPrintableInputStream;

/** How the body of a part is encoded for transport (RFC 2045 section 6). Bad input is skipped. */
public enum TransferEncoding {
  IDENTITY {
    @Override
    public InputStream decoding(InputStream in) {
      return in;
    }

    @Override
    public byte[] decode(byte[] data, int from, int to) {
      return Arrays.copyOfRange(data, from, to);
    }
  },
  BASE64 {
    @Override
    public InputStream decoding(InputStream in) {
      // Senders leave out the padding at the end; more of it does no harm.
      InputStream letters = new Base64Letters(in);
      InputStream padded =
          new SequenceInputStream(letters, new ByteArrayInputStream(new byte[] {'='}));
      return new Base64InputStream(padded, DecodeMonitor.SILENT);
    }

    @Override
    byte[] read(InputStream in, int encoded) throws IOException {
      // Three bytes of four are left: to say so saves a large buffer for each of many short words.
      return in.readNBytes(encoded);
    }
  },
  QUOTED_PRINTABLE {
    @Override
    public InputStream decoding(InputStream in) {
      return new QuotedPrintableInputStream(in, DecodeMonitor.SILENT);
    }
  };

  /** What the stream stands for, decoded as it is read. */
  public abstract InputStream decoding(InputStream in);

  /** The encoding of that name; empty where nobody knows it. */
  public static Optional<TransferEncoding> find(String name) {
    return switch (name.toLowerCase(Locale.ROOT).replaceAll("[;(].*|[^a-z0-9]", "")) {
      case "", "7bit", "8bit", "binary" -> Optional.of(IDENTITY);
      case "base64" -> Optional.of(BASE64);
      case "quotedprintable" -> Optional.of(QUOTED_PRINTABLE);
      default -> Optional.empty();
    };
  }

  /** What these bytes stand for: a copy. */
  public byte[] decode(byte[] data, int from, int to) {
    try (InputStream in = decoding(new ByteArrayInputStream(data, from, to - from))) {
      return read(in, to - from);
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory failed", e);
    }
  }

  /**
   * Reads to the end what so many bytes stand for.
   *
   * @throws IOException never: it is in memory
   */
  byte[] read(InputStream in, int encoded) throws IOException {
    return in.readAllBytes();
  }
}
