package org.byoemail.inbound.ingest;

import java.util.UUID;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.platform.conversation.ContentStore.Piece;
import org.jspecify.annotations.Nullable;

/**
 * A row of a mail that became a message, or did not, as far as reading it again goes.
 *
 * @param message null: it became none
 * @param raw null: its bytes are gone, or only the header was kept
 * @param size in bytes
 * @param verdict what was found of its sender; null: it was not judged
 * @param readerVersion 0: before versions
 * @param agent null with the message
 */
record StoredMail(
    UUID id,
    @Nullable StoredMessageId message,
    @Nullable Piece raw,
    long size,
    @Nullable String verdict,
    int readerVersion,
    @Nullable AgentId agent) {

  boolean isAuthentic() {
    return "authentic".equals(verdict);
  }

  boolean isForged() {
    return "forged".equals(verdict);
  }

  boolean isDue(int version) {
    return message != null && raw != null && readerVersion < version;
  }
}
