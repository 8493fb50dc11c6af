package org.byoemail.operations.transfer;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The format of a file of accounts, in UTF-8. */
public enum FileFormat {
  /** RFC 4180, with a header line. */
  CSV("text/csv"),
  /** One JSON object per line. */
  JSONL("application/x-ndjson");

  private final String mediaType;

  FileFormat(String mediaType) {
    this.mediaType = mediaType;
  }

  /** The media type of such a file. */
  public String mediaType() {
    return mediaType;
  }

  /** The word of the API and the ending of a file's name. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The format of that word. */
  public static Optional<FileFormat> of(@Nullable String word) {
    return Arrays.stream(values()).filter(format -> format.word().equals(word)).findFirst();
  }
}
