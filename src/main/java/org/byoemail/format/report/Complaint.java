package org.byoemail.format.report;

import java.util.List;
import org.byoemail.format.mail.EmailAddress;

/**
 * What a feedback report says (RFC 5965). It may be forged by anyone who knows the mail.
 *
 * @param type abuse, fraud, virus, not-spam, opt-out, auth-failure or another word, in lower case
 * @param recipients who complained; many providers do not say
 */
public record Complaint(String type, List<EmailAddress> recipients) {

  public Complaint {
    recipients = List.copyOf(recipients);
  }

  /** Whether the recipient does not want such mail; the other types report something else. */
  public boolean isUnwanted() {
    return !type.equals("not-spam") && !type.equals("auth-failure") && !type.equals("dmarc");
  }
}
