package org.byoemail.format.tnef;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.byoemail.format.calendar.Invitation;
import org.byoemail.format.mail.ByteSlice;
import org.byoemail.format.mail.Charsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads TNEF (MS-OXTNEF), the {@code winmail.dat} that Outlook wraps a mail's body and files in.
 * Contents are stretches of the bytes given; what is cut off or broken ends the reading, and what
 * was found before it counts. Checksums are not looked at: nothing depends on them.
 */
public final class Tnef {
  private static final int SIGNATURE = 0x223E9F78;
  private static final int MAX_FILES = 1_000;

  private static final int MESSAGE_LEVEL = 1;
  private static final int BODY = 0x0002800C;
  private static final int MESSAGE_CLASS = 0x00078008;
  private static final int CODE_PAGE = 0x00069007;
  private static final int MESSAGE_PROPERTIES = 0x00069003;
  private static final int FILE_BEGINS = 0x00069002;
  private static final int FILE_TITLE = 0x00018010;
  private static final int FILE_DATA = 0x0006800F;
  private static final int FILE_PROPERTIES = 0x00069005;

  private final List<TnefFile> files = new ArrayList<>();
  private Charset codePage = Charset.forName("windows-1252");
  private @Nullable ByteSlice body;
  private @Nullable ByteSlice messageClass;
  private @Nullable MapiProperties properties;
  private TnefFile.@Nullable Builder file;
  private boolean whole;

  private Tnef() {}

  /** What is in it; empty if this is no TNEF. */
  public static Optional<Tnef> read(ByteSlice source) {
    ByteBuffer in = source.littleEndian();
    if (in.remaining() < 6 || in.getInt() != SIGNATURE) {
      return Optional.empty();
    }
    in.getShort();
    Tnef found = new Tnef();
    found.read(in, source.data());
    return Optional.of(found);
  }

  private void read(ByteBuffer in, byte[] data) {
    while (in.remaining() >= 9 && files.size() < MAX_FILES) {
      int level = in.get();
      int attribute = in.getInt();
      int length = in.getInt();
      int from = in.position();
      if (length < 0 || length > in.remaining()) {
        break;
      }
      attribute(level, attribute, new ByteSlice(data, from, from + length));
      in.position(Math.min(in.limit(), from + length + 2));
    }
    whole = in.remaining() == 0;
    endFile();
  }

  private void attribute(int level, int attribute, ByteSlice value) {
    if (level == MESSAGE_LEVEL) {
      switch (attribute) {
        case CODE_PAGE -> codePage = codePage(value);
        case BODY -> body = value;
        case MESSAGE_CLASS -> messageClass = value;
        case MESSAGE_PROPERTIES -> properties = MapiProperties.read(value, codePage);
        default -> {
          // Recipients, dates and ids are in the mail's own header.
        }
      }
      return;
    }
    if (attribute == FILE_BEGINS || file == null) {
      endFile();
      file = new TnefFile.Builder();
    }
    switch (attribute) {
      case FILE_TITLE -> file.title(value.text(codePage).replace("\0", "").strip());
      case FILE_DATA -> file.data(value);
      case FILE_PROPERTIES -> file.properties(MapiProperties.read(value, codePage));
      default -> {
        // The picture that stands for the file, and its dates.
      }
    }
  }

  private void endFile() {
    if (file != null) {
      file.build().ifPresent(files::add);
      file = null;
    }
  }

  private Charset codePage(ByteSlice value) {
    return value.length() < 4
        ? codePage
        : Charsets.ofCodePage(value.littleEndian().getInt()).orElse(codePage);
  }

  /** The files in it, in order; at most 1,000. */
  public List<TnefFile> files() {
    return files;
  }

  /** Whether it was read to its end. */
  public boolean isWhole() {
    return whole;
  }

  /** The plain text of the body; empty if it has none. */
  public Optional<String> text() {
    return property(MapiProperties.BODY)
        .or(() -> Optional.ofNullable(body).map(text -> text.text(codePage).replace("\0", "")))
        .filter(text -> !text.isBlank());
  }

  /** The HTML of the body as bytes, in the charset that it names itself. */
  public Optional<ByteSlice> html() {
    return properties()
        .flatMap(found -> found.find(MapiProperties.HTML))
        .map(MapiProperties.Value::bytes);
  }

  /**
   * The body in RTF.
   *
   * @param maxBytes how many bytes of it are unpacked
   */
  public Optional<RtfBody> rtf(int maxBytes) {
    return properties()
        .flatMap(found -> found.find(MapiProperties.RTF))
        .map(value -> CompressedRtf.unpack(value.bytes(), maxBytes))
        .filter(rtf -> rtf.length > 0)
        .map(rtf -> RtfBody.read(new String(rtf, StandardCharsets.ISO_8859_1)));
  }

  /** The invitation that it is; empty if it is something else. */
  public Optional<Invitation> invitation() {
    return properties().flatMap(mapi -> TnefMeeting.in(mapi, messageClass()));
  }

  /** What kind of thing it is, such as {@code IPM.Note}; empty if it does not say. */
  private String messageClass() {
    return property(MapiProperties.MESSAGE_CLASS)
        .or(() -> Optional.ofNullable(messageClass).map(text -> text.text(codePage)))
        .orElse("")
        .replace("\0", "");
  }

  /** Its own properties, except body and files. */
  private Optional<MapiProperties> properties() {
    return Optional.ofNullable(properties);
  }

  private Optional<String> property(int id) {
    return properties().flatMap(found -> found.text(id));
  }
}
