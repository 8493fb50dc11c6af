package org.byoemail.outbound.suppression;

import java.util.Locale;

/** Why an address is suppressed. */
public enum SuppressionReason {
  /** The server reports that the mailbox does not exist, or no longer. */
  NO_SUCH_RECIPIENT("its server says that there is no such recipient"),
  /** The domain has no mail server. */
  NO_SUCH_HOST("its domain takes no mail"),
  /** The server reports that the mailbox is disabled. */
  DISABLED_RECIPIENT("its server says that it is disabled"),
  /** The recipient reported a mail as spam. */
  COMPLAINT("its owner complained about a mail"),
  /** The recipient unsubscribed from one agent. */
  UNSUBSCRIBED("its owner unsubscribed from this agent"),
  /** An operator suppressed it. */
  MANUAL("a person put it on the list");

  private final String sentence;

  SuppressionReason(String sentence) {
    this.sentence = sentence;
  }

  /** The name in the API and the database. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The reason in a sentence for operators. */
  public String sentence() {
    return sentence;
  }
}
