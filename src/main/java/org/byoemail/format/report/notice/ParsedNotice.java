package org.byoemail.format.report.notice;

import java.util.List;
import java.util.Optional;
import org.byoemail.format.mail.EmailAddress;

/**
 * What a notice says.
 *
 * @param family the name of the family of servers that it is of
 * @param delayed whether the mail is still being tried
 * @param recipients in the order of the notice; may be empty
 * @param said all that it says, up to a length, on one line
 * @param local mailboxes that it lists without their domain, in that of its author
 * @param returnedHeader the header of the mail that it returns within its text; may be empty
 */
public record ParsedNotice(
    String family,
    boolean delayed,
    List<Recipient> recipients,
    String said,
    List<EmailAddress> local,
    String returnedHeader) {

  /**
   * @param writtenTo the address that was written to, where the notice says that it was another
   * @param said what the notice says about this recipient, on one line
   */
  public record Recipient(EmailAddress address, Optional<EmailAddress> writtenTo, String said) {}

  public ParsedNotice {
    recipients = List.copyOf(recipients);
    local = List.copyOf(local);
  }
}
