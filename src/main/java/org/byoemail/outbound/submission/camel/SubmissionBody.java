package org.byoemail.outbound.submission.camel;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;
import org.apache.activemq.artemis.api.core.ActiveMQBuffer;
import org.apache.activemq.artemis.api.core.ICoreMessage;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.core.client.impl.ClientLargeMessageInternal;
import org.byoemail.outbound.submission.InvalidField;
import org.byoemail.outbound.submission.Submission;
import org.byoemail.outbound.submission.SubmissionReader;
import org.byoemail.outbound.submission.SubmissionRejected;
import org.jspecify.annotations.Nullable;

/**
 * The body of a message with a submission, read once, as a stream, and no further than a submission
 * can be long. Its first bytes are kept.
 */
final class SubmissionBody {
  // Below this, decoding at once is faster, and costs little.
  private static final int SMALL = 256 * 1024;

  private final KeptStream bytes;
  private final boolean isText;
  private final int largest;

  private SubmissionBody(InputStream bytes, boolean isText, int largest, int kept) {
    this.bytes = new KeptStream(bytes, kept(isText, kept));
    this.isText = isText;
    this.largest = largest;
  }

  /**
   * That of a message; null if it is neither of text nor of bytes.
   *
   * @param largest how many bytes, or characters of text, it may have
   * @param kept how many of them are kept
   */
  static @Nullable SubmissionBody of(ICoreMessage message, int largest, int kept) {
    Object noted = message.getObjectProperty(UndecodedSubmissions.KIND);
    byte kind = noted instanceof Byte original ? original : message.getType();
    if (kind != Message.TEXT_TYPE && kind != Message.BYTES_TYPE) {
      return null;
    }
    boolean isText = kind == Message.TEXT_TYPE;
    boolean isCompressed = message.containsProperty(UndecodedSubmissions.COMPRESSED);
    InputStream raw = raw(message);
    return new SubmissionBody(
        isCompressed ? new InflaterInputStream(raw) : raw, isText, largest, kept);
  }

  /**
   * Reads it.
   *
   * @throws SubmissionRejected if it is no submission
   * @throws UncheckedIOException if the broker does not hand it over
   */
  Submission read(SubmissionReader reader) {
    try {
      return isText ? readText(reader) : reader.read(new BoundedStream(bytes, largest));
    } catch (UncheckedIOException e) {
      throw isCompressionAtFault(e.getCause()) ? rejected("cannot be decompressed") : e;
    } catch (IOException e) {
      if (isCompressionAtFault(e)) {
        throw rejected("cannot be decompressed");
      }
      throw new UncheckedIOException("the broker did not hand over the whole message", e);
    }
  }

  private Submission readText(SubmissionReader reader) throws IOException {
    DataInputStream in = new DataInputStream(bytes);
    int isThere = in.read();
    if (isThere <= 0) {
      throw rejected("must be a message of text or of bytes");
    }
    int length;
    try {
      length = in.readInt();
    } catch (EOFException e) {
      throw rejected("is cut off");
    }
    if (length < 0 || length / 2 > largest) {
      throw tooLarge(largest);
    }
    if (length <= SMALL) {
      byte[] all = in.readNBytes(length);
      return reader.read(new String(characters(all, 0)));
    }
    return reader.read(utf16(new BoundedStream(in, length + 1)));
  }

  /**
   * What it begins with, in UTF-8, whether it was read so far or not.
   *
   * @param length how many bytes, or characters of text; no more than were kept of what was read
   */
  byte[] start(int length) {
    byte[] start = bytes.start(kept(isText, length));
    if (!isText) {
      return start;
    }
    return start.length < 5
        ? new byte[0]
        : new String(characters(start, 5)).getBytes(StandardCharsets.UTF_8);
  }

  /** Text stands after a byte and its length, with two bytes a character. */
  private static int kept(boolean isText, int length) {
    return isText ? 2 * length + 5 : length;
  }

  private static boolean isCompressionAtFault(@Nullable Throwable cause) {
    return cause instanceof ZipException || cause instanceof EOFException;
  }

  /** Pairs of bytes as they are, halves of surrogate pairs too: these are told by their field. */
  private static char[] characters(byte[] utf16, int from) {
    char[] characters = new char[(utf16.length - from) / 2];
    for (int i = 0; i < characters.length; i++) {
      int at = from + 2 * i;
      characters[i] = (char) (utf16[at] & 0xff | (utf16[at + 1] & 0xff) << 8);
    }
    return characters;
  }

  private static Reader utf16(InputStream in) {
    return new InputStreamReader(
        in,
        StandardCharsets.UTF_16LE
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT));
  }

  private static InputStream raw(ICoreMessage message) {
    if (message instanceof ClientLargeMessageInternal large
        && message.getObjectProperty(UndecodedSubmissions.SIZE) instanceof Long size
        && size >= 0) {
      return new LargeBody(large, size);
    }
    ActiveMQBuffer buffer = message.getReadOnlyBodyBuffer();
    byte[] all = new byte[buffer.readableBytes()];
    buffer.readBytes(all);
    return new ByteArrayInputStream(all);
  }

  private static SubmissionRejected tooLarge(int largest) {
    return rejected("is larger than " + largest + " bytes or characters");
  }

  private static SubmissionRejected rejected(String reason) {
    return new SubmissionRejected(null, List.of(new InvalidField("", reason)));
  }

  /** Reads in blocks: a single byte is a block of one. */
  private abstract static class BlockInputStream extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public abstract int read(byte[] into, int offset, int length) throws IOException;
  }

  /** Refuses more than the limit. */
  private static final class BoundedStream extends BlockInputStream {
    private final InputStream in;
    private final int largest;
    private long read;

    BoundedStream(InputStream in, int largest) {
      this.in = in;
      this.largest = largest;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int count = in.read(into, offset, length);
      read += Math.max(count, 0);
      if (read > largest) {
        throw tooLarge(largest);
      }
      return count;
    }
  }

  /** A body that comes from the broker piece by piece while it is read. */
  private static final class LargeBody extends BlockInputStream {
    private final ClientLargeMessageInternal message;
    private long left;

    LargeBody(ClientLargeMessageInternal message, long size) {
      this.message = message;
      this.left = size;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int count = (int) Math.min(length, left);
      if (count == 0) {
        return length == 0 ? 0 : -1;
      }
      try {
        message.getLargeMessageController().readBytes(into, offset, count);
      } catch (RuntimeException | IllegalAccessError e) {
        throw new IOException("the broker did not hand over the whole message", e);
      }
      left -= count;
      return count;
    }
  }

  private static final class KeptStream extends BlockInputStream {
    private final InputStream in;
    private int most;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

    KeptStream(InputStream in, int most) {
      this.in = in;
      this.most = most;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int count = in.read(into, offset, length);
      kept.write(into, offset, Math.max(0, Math.min(count, most - kept.size())));
      return count;
    }

    byte[] start(int length) {
      most = Math.max(most, length);
      byte[] more = new byte[8192];
      try {
        while (kept.size() < most && read(more, 0, more.length) >= 0) {
          // Kept by reading it.
        }
      } catch (IOException e) {
        // The part read so far is shown; the reason is reported elsewhere.
      }
      return kept.toByteArray();
    }
  }
}
