package org.byoemail.format.mime;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.format.mail.ByteSlice;
import org.byoemail.format.mail.Charsets;
import org.byoemail.format.mail.HeaderField;
import org.byoemail.format.mail.MessageId;
import org.byoemail.format.mail.TransferEncoding;
import org.jspecify.annotations.Nullable;

/**
 * A part of a mail (RFC 2045): the mail itself, a part of a multipart, or the mail inside a
 * message/rfc822 part. Bodies are decoded when they are asked for; a part holds on to the bytes of
 * the whole mail.
 */
public final class MimePart {
  private static final int META_WITHIN = 2_048;

  /** In bytes as they were sent; decoding at most doubles them, at line ends. */
  private static final int MAX_KEPT = 64 << 10;

  private static final Pattern META =
      Pattern.compile("(?i)<meta[^>]{0,200}charset\\s*=\\s*[\"']?([\\w:.-]{1,40})");

  private final MailHeaders headers;
  private final HeaderParameters type;
  private final HeaderParameters disposition;
  private final TransferEncoding encoding;
  private final List<MimePart> children;
  private final ByteSlice body;

  /** The text of a small part, which parser and classifier ask for several times. */
  private volatile @Nullable Text kept;

  MimePart(
      MailHeaders headers,
      HeaderParameters type,
      TransferEncoding encoding,
      List<MimePart> children,
      ByteSlice body) {
    this.headers = headers;
    this.type = type;
    this.disposition = disposition(headers);
    this.encoding = encoding;
    this.children = List.copyOf(children);
    this.body = body;
  }

  /** A part that was sent in another form than as a part. */
  static MimePart ofFile(String name, byte[] content) {
    return made(
        "application/octet-stream",
        Map.of(),
        List.of(disposition("attachment", name)),
        List.of(),
        ByteSlice.of(content));
  }

  /**
   * A part that was sent in another form than as a part, with what it would have been sent with.
   */
  static MimePart made(
      String type,
      Map<String, String> parameters,
      List<HeaderField> fields,
      List<MimePart> children,
      ByteSlice body) {
    return new MimePart(
        new MailHeaders(fields),
        new HeaderParameters(type, parameters),
        TransferEncoding.IDENTITY,
        children,
        body);
  }

  static HeaderParameters disposition(MailHeaders headers) {
    return HeaderParameters.parse(headers.first("Content-Disposition").orElse(null));
  }

  /** The field that says how a file is meant to be shown, and what it is called. */
  static HeaderField disposition(String kind, String name) {
    String line = name.replaceAll("\\p{Cntrl}", " ");
    String quoted = '"' + line.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    return new HeaderField(
        "Content-Disposition", name.isEmpty() ? kind : kind + "; filename=" + quoted);
  }

  /** The header of this part; for the mail itself, and for a mail inside it, the mail's header. */
  public MailHeaders headers() {
    return headers;
  }

  /** The media type in lower case, such as {@code text/plain}; the default where none is given. */
  public String type() {
    return type.value();
  }

  /** Whether the media type is this one; {@code text/*} stands for all of {@code text}. */
  public boolean is(String mediaType) {
    return mediaType.endsWith("/*")
        ? type().startsWith(mediaType.substring(0, mediaType.length() - 1))
        : type().equals(mediaType);
  }

  /** Whether it is what Outlook wraps body and files in. */
  boolean isTnef() {
    return TnefParts.isTnef(type, disposition);
  }

  /** A parameter of the Content-Type, decoded; empty if it is missing. */
  public String parameter(String name) {
    return type.get(name);
  }

  /** The parts of a multipart, or the one mail inside a message/rfc822 part. */
  public List<MimePart> children() {
    return children;
  }

  /** The disposition in lower case (RFC 2183); empty if none is given. */
  public String disposition() {
    return disposition.value();
  }

  /** The name the sender gave to the part's file, as it was sent: do not use it as a path. */
  public Optional<String> fileName() {
    return fileName(type, disposition);
  }

  static Optional<String> fileName(HeaderParameters type, HeaderParameters disposition) {
    if (disposition.parameters().isEmpty() && type.parameters().isEmpty()) {
      return Optional.empty();
    }
    return named(disposition, "filename")
        .or(() -> named(type, "name"))
        .or(() -> named(type, "filename"))
        .or(() -> named(disposition, "name"));
  }

  private static Optional<String> named(HeaderParameters parameters, String name) {
    String found = parameters.get(name).strip();
    return found.isEmpty() ? Optional.empty() : Optional.of(found);
  }

  /** Whether the charset of the file's name had to be guessed. */
  boolean isFileNameGuessed() {
    return type.charsetGuessed()
        || disposition.charsetGuessed()
        || headers.charsetGuessed() && fileName().isPresent();
  }

  /** The Content-ID without its brackets. */
  public Optional<String> contentId() {
    return headers.first("Content-ID").flatMap(MessageId::parse).map(MessageId::value);
  }

  /** The decoded body. The stream reads from memory. */
  public InputStream open() {
    return encoding.decoding(body.data(), body.from(), body.to());
  }

  /** The decoded body as a whole. */
  public byte[] bytes() {
    return encoding.decode(body.data(), body.from(), body.to());
  }

  /** How many bytes the decoded body has; counted by decoding it. */
  public long size() {
    if (encoding == TransferEncoding.IDENTITY) {
      return body.length();
    }
    try (InputStream in = open()) {
      return in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory failed", e);
    }
  }

  /** The decoded body as text with line feeds, in the part's charset or what it really is in. */
  public String text() {
    return text(Integer.MAX_VALUE);
  }

  /**
   * The start of the decoded body as text.
   *
   * @param maxBytes how many bytes of it are decoded
   */
  public String text(int maxBytes) {
    return readText(maxBytes).text();
  }

  /**
   * A text as it was read.
   *
   * @param charsetGuessed whether the part did not say what it is in, or its bytes contradict that
   */
  record Text(String text, boolean charsetGuessed) {}

  /** The start of the decoded body as text, with whether its charset was guessed. */
  Text readText(int maxBytes) {
    boolean whole = body.length() <= MAX_KEPT && body.length() <= maxBytes / 2;
    Text known = whole ? kept : null;
    if (known == null) {
      known = decodedText(maxBytes);
      kept = whole ? known : kept;
    }
    return known;
  }

  private Text decodedText(int maxBytes) {
    byte[] bytes;
    try (InputStream in = open()) {
      bytes = in.readNBytes(maxBytes);
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory failed", e);
    }
    Charsets.Decoded decoded = Charsets.read(bytes, charset(bytes));
    String text = decoded.text();
    return new Text(withLineFeeds(text), decoded.guessed());
  }

  /** Each CR with those after it, and the LF after them, as one LF. */
  private static String withLineFeeds(String text) {
    int end = text.indexOf('\r');
    if (end < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    int start = 0;
    while (end >= 0) {
      // A copy of the line is faster than its characters one by one.
      out.append(text.substring(start, end)).append('\n');
      start = end + 1;
      while (start < text.length() && text.charAt(start) == '\r') {
        start++;
      }
      if (start < text.length() && text.charAt(start) == '\n') {
        start++;
      }
      end = text.indexOf('\r', start);
    }
    return out.append(text.substring(start)).toString();
  }

  private @Nullable String charset(byte[] bytes) {
    String declared = type.get("charset");
    if (!is("text/html") || Charsets.isKnown(declared)) {
      return declared.isEmpty() ? null : declared;
    }
    int length = Math.min(bytes.length, META_WITHIN);
    Matcher meta = META.matcher(new String(bytes, 0, length, StandardCharsets.ISO_8859_1));
    return meta.find() ? meta.group(1) : declared.isEmpty() ? null : declared;
  }

  /** Type and size only: the content of a mail must not be logged. */
  @Override
  public String toString() {
    return type() + " (" + body.length() + " bytes, " + children.size() + " parts)";
  }
}
