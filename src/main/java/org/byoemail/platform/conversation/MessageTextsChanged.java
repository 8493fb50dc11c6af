package org.byoemail.platform.conversation;

import java.util.List;
import org.byoemail.format.mail.StoredMessageId;

/**
 * The texts of stored messages were replaced; published in the transaction that does so.
 *
 * @param messages at least one
 */
public record MessageTextsChanged(List<StoredMessageId> messages) {
  public MessageTextsChanged {
    messages = List.copyOf(messages);
  }
}
