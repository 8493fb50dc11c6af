package org.byoemail.embedded;

import com.icegreen.greenmail.mail.MovingMessage;
import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.user.UserImpl;
import com.icegreen.greenmail.user.UserManager;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A recipient without a mailbox at the demo provider: a test address does what it is for, mail to
 * any other one bounces.
 */
final class DemoUnknownRecipient extends UserImpl {
  private static final Logger log = LoggerFactory.getLogger(DemoUnknownRecipient.class);

  private final DemoBounces bounces;
  private final DemoAnswers answers;
  private final UserManager users;

  DemoUnknownRecipient(
      String address, DemoBounces bounces, DemoAnswers answers, UserManager users) {
    super(address, address, "", users.getImapHostManager());
    this.bounces = bounces;
    this.answers = answers;
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
      MimeMessage answer = answer(mail.getMessage(), sender.getEmail(), getEmail());
      if (answer != null) {
        sender.deliver(answer);
      }
    } catch (MessagingException | IOException e) {
      throw new IllegalStateException("no answer for " + getEmail(), e);
    }
  }

  /** Null: none. */
  private @Nullable MimeMessage answer(MimeMessage mail, String sender, String recipient)
      throws MessagingException, IOException {
    return switch (DemoTestAddress.of(recipient).orElse(DemoTestAddress.BOUNCE)) {
      case ACCEPTED -> null;
      case DELIVERED, DEFER_ONCE -> bounces.delivery(mail, sender, recipient);
      case DELAYED -> bounces.delay(mail, sender, recipient);
      case COMPLAINT -> answers.complaint(mail, sender, recipient);
      case AUTO_REPLY -> answers.autoReply(mail, sender, recipient);
      case REPLY -> answers.reply(mail, sender, recipient);
      case BOUNCE, REJECT, DEFER ->
          bounces.report(mail, sender, recipient, DemoTestAddress.refusal(recipient));
    };
  }
}
