package org.byoemail.platform.access;

import org.byoemail.format.mail.StateConflict;

/** Something needs the public address of this gateway, and it is not set. */
public class PublicUrlMissing extends StateConflict {
  PublicUrlMissing() {
    super("the gateway's address is not set: set byo.public-url (BYO_PUBLIC_URL) and restart");
  }
}
