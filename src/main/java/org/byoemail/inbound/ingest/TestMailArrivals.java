package org.byoemail.inbound.ingest;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.byoemail.account.testmail.TestMail;
import org.byoemail.account.testmail.TestMails;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.MessageId;
import org.byoemail.format.mime.MailHeaders;
import org.byoemail.inbound.mailbox.WatchedFolder;
import org.byoemail.inbound.mailbox.WatchedFolders;
import org.springframework.stereotype.Component;

/** Recognises test mails of the gateway by their ids, and notes that they have arrived. */
@Component
class TestMailArrivals {
  private static final List<String> UNSUBSCRIBE =
      List.of("list-unsubscribe", "list-unsubscribe-post");

  private final TestMails testMails;
  private final WatchedFolders folders;

  TestMailArrivals(TestMails testMails, WatchedFolders folders) {
    this.testMails = testMails;
    this.folders = folders;
  }

  /** The test mails in a batch, which are noted as arrived. */
  Set<IngestItem> among(IngestBatch batch) {
    Map<UUID, IngestItem> candidates = new HashMap<>();
    for (IngestItem item : batch.all()) {
      ids(item.mail().headers()).forEach(id -> candidates.put(id, item));
    }
    if (candidates.isEmpty()) {
      return Set.of();
    }
    Set<UUID> known = testMails.known(batch.account().organization(), candidates.keySet());
    Set<UUID> present = new HashSet<>(known);
    present.retainAll(candidates.keySet());
    if (!present.isEmpty()) {
      testMails.arrived(present, folder(batch));
      present.forEach(
          id ->
              testMails.signed(
                  batch.account(),
                  id,
                  coversUnsubscribe(Objects.requireNonNull(candidates.get(id)).mail().headers())));
    }
    Set<IngestItem> found = new HashSet<>();
    present.forEach(id -> found.add(candidates.get(id)));
    return found;
  }

  /** RFC 6376 section 3.5: the fields that a signature covers. */
  static boolean coversUnsubscribe(MailHeaders headers) {
    return headers.all("DKIM-Signature").stream()
        .flatMap(signature -> Arrays.stream(signature.split(";")))
        .map(tag -> tag.replaceAll("\\s", "").toLowerCase(Locale.ROOT))
        .filter(tag -> tag.startsWith("h="))
        .map(tag -> List.of(tag.substring(2).split(":")))
        .anyMatch(fields -> fields.containsAll(UNSUBSCRIBE));
  }

  private String folder(IngestBatch batch) {
    AccountId account = batch.account().id();
    return folders.of(List.of(account)).getOrDefault(account, List.of()).stream()
        .filter(one -> one.mailbox().equals(batch.first().mailbox()))
        .map(WatchedFolder::folder)
        .findFirst()
        .orElseGet(() -> batch.account().settings().folder());
  }

  /** Our header field, and the Message-ID, of which some servers keep only one. */
  private static Set<UUID> ids(MailHeaders headers) {
    Set<UUID> ids = new HashSet<>();
    headers.first(TestMail.HEADER).ifPresent(text -> add(ids, text.strip()));
    headers
        .messageId()
        .map(MessageId::value)
        .ifPresent(text -> add(ids, text.substring(0, Math.max(0, text.indexOf('@')))));
    return ids;
  }

  private static void add(Set<UUID> ids, String text) {
    if (text.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")) {
      ids.add(UUID.fromString(text));
    }
  }
}
