package org.byoemail.inbound.ingest;

/** A mail cannot be processed, for a reason that lies in the mail: trying again is of no use. */
public class UnreadableMail extends RuntimeException {
  UnreadableMail(String what, Throwable cause) {
    super(what, cause);
  }
}
