package org.byoemail.inbound.mailbox;

/** Other mails take the memory that this one needs: it is read a little later. */
public class MailMemoryExhausted extends RuntimeException {
  MailMemoryExhausted() {
    super("other mails take the memory for reading (byo.mailbox.memory)");
  }
}
