package org.byoemail.inbound.ingest;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.inbound.mailbox.InboundMailRows;
import org.byoemail.platform.conversation.MessageTextsChanged;
import org.byoemail.platform.conversation.Messages;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Stores what was read again. Safe for use by many threads. */
@Component
class RereadStore {
  private final Messages messages;
  private final Screenings screenings;
  private final InboundMailRows rows;
  private final ApplicationEventPublisher publisher;

  RereadStore(
      Messages messages,
      Screenings screenings,
      InboundMailRows rows,
      ApplicationEventPublisher publisher) {
    this.messages = messages;
    this.screenings = screenings;
    this.rows = rows;
    this.publisher = publisher;
  }

  /**
   * Replaces the texts and screenings of messages that are still there.
   *
   * @return how many changed
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public int store(List<RereadReader.Read> read, int version) {
    List<StoredMessageId> texts = new ArrayList<>();
    int changed = 0;
    // A newer node may have read some meanwhile.
    Set<UUID> older = rows.lockOlder(read.stream().map(one -> one.mail().id()).toList(), version);
    for (RereadReader.Read one : read) {
      if (!older.contains(one.mail().id())) {
        continue;
      }
      StoredMessageId message = Objects.requireNonNull(one.mail().message());
      Optional<Boolean> text = messages.replaceText(message, one.text());
      if (text.isPresent()) {
        Screening before = screenings.ofMessage(message);
        Screening now = one.screening().withFactsOf(before, one.mail().verdict() != null);
        if (!now.equals(before)) {
          screenings.replace(message, now);
        }
        if (text.get()) {
          texts.add(message);
        }
        changed += text.get() || !now.equals(before) ? 1 : 0;
      }
    }
    rows.readBy(older, version);
    if (!texts.isEmpty()) {
      publisher.publishEvent(new MessageTextsChanged(texts));
    }
    return changed;
  }
}
