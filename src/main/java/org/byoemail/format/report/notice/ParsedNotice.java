package org.byoemail.format.report.notice;

import java.util.List;
import java.util.Optional;
import org.byoemail.format.mail.EmailAddress;

/**
 * What a notice says.
 *
 * @param signature the signature of the server that wrote it
 * @param delayed whether the mail is still being tried
 * @param recipients in the order of the notice; may be empty
 * @param text the notice itself, up to a length, on one line
 * @param localUsers recipients that it lists by their local parts, in the domain of its author
 * @param returnedHeader the header of the mail that it returns within its text; may be empty
 */
public record ParsedNotice(
    MtaSignature signature,
    boolean delayed,
    List<Recipient> recipients,
    String text,
    List<EmailAddress> localUsers,
    String returnedHeader) {

  /**
   * A recipient that did not get the mail.
   *
   * @param original the address that the mail was sent to, if the notice says that it was another
   * @param diagnostic what the notice says of this recipient, on one line
   */
  public record Recipient(
      EmailAddress address, Optional<EmailAddress> original, String diagnostic) {}

  public ParsedNotice {
    recipients = List.copyOf(recipients);
    localUsers = List.copyOf(localUsers);
  }

  /** The name of the signature. */
  public String rule() {
    return signature.name();
  }

  /** Whether the server was recognised. */
  public boolean isOfKnownServer() {
    return signature != MtaSignature.UNKNOWN;
  }
}
