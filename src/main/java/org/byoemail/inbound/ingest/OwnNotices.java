package org.byoemail.inbound.ingest;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.byoemail.account.link.ConnectNoticeIds;
import org.byoemail.format.mail.MessageId;
import org.byoemail.format.mime.MailHeaders;
import org.springframework.stereotype.Component;

/**
 * Recognises the gateway's own mails to the owner of a mailbox, by ids that nobody else knows: they
 * are not for the agent. Safe for use by many threads.
 */
@Component
class OwnNotices {
  private final ConnectNoticeIds notices;

  OwnNotices(ConnectNoticeIds notices) {
    this.notices = notices;
  }

  /** Those of a batch. Asks the database only if one looks like it. */
  Set<IngestItem> among(IngestBatch batch) {
    Map<IngestItem, UUID> ids = new HashMap<>();
    for (IngestItem item : batch.all()) {
      id(item.mail().headers()).ifPresent(id -> ids.put(item, id));
    }
    Set<UUID> known = notices.known(ids.values());
    Set<IngestItem> own = new HashSet<>();
    ids.forEach(
        (item, id) -> {
          if (known.contains(id)) {
            own.add(item);
          }
        });
    return own;
  }

  private static Optional<UUID> id(MailHeaders headers) {
    return headers
        .first(ConnectNoticeIds.HEADER)
        .or(() -> headers.messageId().map(MessageId::value).flatMap(OwnNotices::inMessageId))
        .flatMap(OwnNotices::parsed);
  }

  private static Optional<String> inMessageId(String value) {
    int at = value.indexOf('@');
    return value.startsWith(ConnectNoticeIds.MESSAGE_ID_PREFIX) && at > 0
        ? Optional.of(value.substring(ConnectNoticeIds.MESSAGE_ID_PREFIX.length(), at))
        : Optional.empty();
  }

  private static Optional<UUID> parsed(String text) {
    try {
      return Optional.of(UUID.fromString(text.strip()));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // Not ours.
    }
  }
}
