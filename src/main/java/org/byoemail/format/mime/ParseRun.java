package org.byoemail.format.mime;

import org.jspecify.annotations.Nullable;

/** What is left of the limits while one mail is read, and what was wrong with it. */
final class ParseRun {
  /** Header fields are objects: without a bound, a header of colons would take much memory. */
  private static final int MAX_FIELDS = 20_000;

  /** How often the whole mail may be searched for boundaries. */
  private static final int MAX_SEARCHES = 20;

  final ParseLimits limits;
  final ParseProblems problems = new ParseProblems();
  private @Nullable String charset;
  private int headerBytes;
  private int fields = MAX_FIELDS;
  private int parts;
  private long searchBytes;
  private long decodedBytes;
  private int unpackedBytes;

  /** How many copies of the whole mail may be made of parts in encoded parts. */
  private static final int MAX_COPIES = 2;

  ParseRun(ParseLimits limits, int mailBytes) {
    this.limits = limits;
    this.headerBytes = limits.headerBytes();
    this.parts = limits.parts();
    this.unpackedBytes = limits.textBytes();
    this.decodedBytes = (long) MAX_COPIES * mailBytes;
    this.searchBytes = (long) MAX_SEARCHES * Math.max(mailBytes, 1 << 20);
  }

  /** The first charset that the mail names; null if it has named none yet. */
  @Nullable String charset() {
    return charset;
  }

  void noteCharset(String named) {
    if (charset == null && !named.isEmpty()) {
      charset = named;
    }
  }

  /** How many of these bytes of a header field may be kept. */
  int takeHeader(int bytes) {
    int taken = Math.min(bytes, headerBytes);
    headerBytes -= taken;
    if (taken < bytes) {
      problems.add(ParseProblems.HEADER_TOO_LARGE);
    }
    return taken;
  }

  boolean takeField() {
    if (fields == 0 || headerBytes == 0) {
      problems.add(ParseProblems.HEADER_TOO_LARGE);
      return false;
    }
    fields--;
    return true;
  }

  boolean takePart() {
    if (parts == 0) {
      problems.add(ParseProblems.TOO_MANY_PARTS);
      return false;
    }
    parts--;
    return true;
  }

  /** Whether so many bytes may be decoded to look for parts in them: the copy is kept. */
  boolean takeDecoded(int bytes) {
    if (decodedBytes < bytes) {
      problems.add(ParseProblems.TOO_DEEP);
      return false;
    }
    decodedBytes -= bytes;
    return true;
  }

  /** How many bytes of packed text may still be unpacked, in all of the mail. */
  int unpackable() {
    return unpackedBytes;
  }

  void takeUnpacked(int bytes) {
    unpackedBytes = Math.max(0, unpackedBytes - bytes);
    if (unpackedBytes == 0) {
      problems.add(ParseProblems.TEXT_TOO_LONG);
    }
  }

  /** Whether so many bytes may be searched: multiparts in multiparts read them again and again. */
  boolean takeSearch(int bytes) {
    if (searchBytes < bytes) {
      problems.add(ParseProblems.TOO_DEEP);
      return false;
    }
    searchBytes -= bytes;
    return true;
  }
}
