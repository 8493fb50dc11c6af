package org.byoemail.outbound.delivery.camel;

import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import org.apache.camel.component.mail.DefaultJavaMailSender;
import org.byoemail.outbound.delivery.AccountSender;
import org.byoemail.outbound.delivery.OutgoingMail;
import org.springframework.stereotype.Component;

/**
 * What the endpoint {@code smtp:account} sends with: the connections of the account that the mail
 * names. Session, host and password of the endpoint are not used.
 */
@Component("accountMailSender")
public class AccountMailSender extends DefaultJavaMailSender {
  private final AccountSender sender;

  AccountMailSender(AccountSender sender) {
    this.sender = sender;
  }

  /**
   * Sends an {@link OutgoingMail}.
   *
   * @throws IllegalArgumentException if it is another mail
   */
  @Override
  public void send(MimeMessage mail) throws MessagingException {
    if (!(mail instanceof OutgoingMail outgoing)) {
      throw new IllegalArgumentException("smtp:account sends mails of accounts only");
    }
    sender.send(outgoing);
  }
}
