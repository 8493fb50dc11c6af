package org.byoemail.inbound.mailbox;

/** Tells when a mail that is fetched in chunks (RFC 9051, partial) is complete. */
final class PartialFetch {
  private PartialFetch() {}

  /**
   * Whether a chunk is the last one. A chunk longer than requested comes from a server that ignores
   * partial fetches and sent everything. A shorter one may come from a server that sends less at a
   * time: then RFC822.SIZE has to be reached, or an empty chunk follows.
   *
   * @param requested how many bytes were requested
   * @param received how many bytes have arrived, this chunk included
   * @param size RFC822.SIZE
   */
  static boolean isLast(byte[] chunk, int requested, long received, long size) {
    return chunk.length > requested
        || chunk.length == 0
        || chunk.length < requested && received >= size;
  }
}
