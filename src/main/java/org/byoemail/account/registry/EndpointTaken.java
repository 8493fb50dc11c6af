package org.byoemail.account.registry;

import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.StateConflict;

/** The address belongs to another agent of the same organisation already. */
public class EndpointTaken extends StateConflict {
  private final EmailAddress address;

  EndpointTaken(EmailAddress address) {
    super("the address " + address + " belongs to another agent");
    this.address = address;
  }

  /** The address. */
  public EmailAddress address() {
    return address;
  }
}
