package org.byoemail.embedded;

import com.icegreen.greenmail.mail.MovingMessage;
import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.user.UserImpl;
import com.icegreen.greenmail.user.UserManager;
import jakarta.mail.MessagingException;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A recipient unknown to the demo provider: mail to it bounces. */
final class DemoUnknownRecipient extends UserImpl {
  private static final Logger log = LoggerFactory.getLogger(DemoUnknownRecipient.class);

  private final DemoBounces bounces;
  private final UserManager users;

  DemoUnknownRecipient(String address, DemoBounces bounces, UserManager users) {
    super(address, address, "", users.getImapHostManager());
    this.bounces = bounces;
    this.users = users;
  }

  @Override
  public void deliver(MovingMessage mail) {
    GreenMailUser sender = users.getUserByEmail(mail.getReturnPath().getEmail());
    if (sender == null) {
      log.info(
          "Dropping a demo mail from {}: sender and recipient are unknown", mail.getReturnPath());
      return;
    }
    try {
      sender.deliver(bounces.report(mail.getMessage(), sender.getEmail(), getEmail()));
    } catch (MessagingException | IOException e) {
      throw new IllegalStateException("no delivery report for " + getEmail(), e);
    }
  }
}
