package org.byoemail.mailbox;

/** Other mails take the memory that this one needs: it is read a little later. */
public class MemoryBusy extends RuntimeException {
  MemoryBusy() {
    super("other mails take the memory for reading (byo.mailbox.memory)");
  }
}
