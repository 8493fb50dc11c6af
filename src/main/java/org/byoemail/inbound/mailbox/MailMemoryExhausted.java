package org.byoemail.inbound.mailbox;

/** The memory for reading mail is used up by other mails: this one is read a little later. */
public class MailMemoryExhausted extends RuntimeException {
  MailMemoryExhausted() {
    super("the memory for reading mail is in use by other mails (byo.mailbox.memory)");
  }
}
