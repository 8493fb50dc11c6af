package org.byoemail.account.connection;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.URLName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands of an SMTP connection and the answers to them. Where the server offers PIPELINING
 * (RFC 2920), MAIL FROM is answered with the first RCPT TO, and where that is the only one, DATA is
 * written with it: two trips less. Used by one thread at a time.
 */
abstract class SmtpExchange extends SMTPTransport {
  private static final Logger LOG = LoggerFactory.getLogger(SmtpExchange.class);
  private static final int GO_AHEAD = 354;

  final SmtpWire wire;
  final Redaction redaction;
  final List<SmtpReply> recipientReplies = new ArrayList<>();
  Stage stage = Stage.CONNECT;
  @Nullable SmtpReply reply;
  boolean usable = true;

  private boolean pipelining;
  private boolean alone;
  // Written, and the answer not yet read.
  private boolean mailUnanswered;
  private boolean dataUnanswered;
  // While commands are written whose answers say nothing of the mail.
  private boolean ignoringReplies;

  SmtpExchange(Session session, SmtpWire wire, Redaction redaction) {
    super(session, new URLName("smtp", null, -1, null, null, null));
    this.wire = wire;
    this.redaction = redaction;
  }

  /** Before a mail. */
  void begin(boolean pipelined, int recipients) {
    reply = null;
    recipientReplies.clear();
    stage = Stage.MAIL_FROM;
    pipelining = pipelined;
    alone = recipients == 1;
  }

  /** After it, whatever became of it. */
  void end() {
    // Or an answer would be taken for the next command's.
    usable &= !mailUnanswered && !dataUnanswered;
    pipelining = false;
    mailUnanswered = false;
    dataUnanswered = false;
  }

  /** Before the first RCPT TO. */
  void beginRecipients() {
    if (!mailUnanswered) {
      stage = Stage.RCPT_TO;
    }
  }

  @Override
  protected void sendCommand(String command) throws MessagingException {
    if (!ignoringReplies) {
      reply = null;
    }
    if (dataUnanswered && stage == Stage.DATA) {
      // It was written with RCPT TO.
      return;
    }
    try {
      super.sendCommand(command);
    } catch (MessagingException e) {
      usable &= !(e.getCause() instanceof IOException);
      throw e;
    }
    if (mailUnanswered && alone) {
      writeDataAhead();
    }
  }

  private void writeDataAhead() {
    try {
      super.sendCommand("DATA");
      dataUnanswered = true;
    } catch (MessagingException e) {
      // Not before the answers that came until then: whoever reads on meets it, too.
      LOG.debug("DATA was not written with RCPT TO: {}", e.getMessage());
    }
  }

  @Override
  protected int readServerResponse() throws MessagingException {
    if (pipelining) {
      pipelining = false;
      mailUnanswered = true;
      return 250;
    }
    if (mailUnanswered) {
      mailUnanswered = false;
      return readAnswersToMailAndRecipient();
    }
    if (dataUnanswered && stage == Stage.DATA) {
      dataUnanswered = false;
      return readNextAnswer();
    }
    return readAnswer();
  }

  private int readAnswersToMailAndRecipient() throws MessagingException {
    if (readAnswer() != 250) {
      String words = getLastServerResponse();
      skipReplies(dataUnanswered ? 2 : 1);
      throw new MessagingException(words);
    }
    stage = Stage.RCPT_TO;
    reply = null;
    int code = readNextAnswer();
    // What Angus takes for a refusal, it resets after.
    if (code != 250 && code != 251 && dataUnanswered) {
      skipReplies(1);
    }
    return code;
  }

  /** So many answers follow from a refusal, and say nothing of their own. */
  private void skipReplies(int answers) throws MessagingException {
    ignoringReplies = true;
    try {
      int code = 0;
      for (int left = answers; left > 0 && usable; left--) {
        code = readNextAnswer();
      }
      dataUnanswered &= !usable;
      if (usable && code == GO_AHEAD) {
        // RFC 2920 section 3.1: a mail to nobody is ended at once.
        sendCommand(".");
        readAnswer();
      }
    } finally {
      ignoringReplies = false;
    }
  }

  private int readNextAnswer() throws MessagingException {
    wire.expectNextAnswer();
    return readAnswer();
  }

  private int readAnswer() throws MessagingException {
    if (stage == Stage.CONNECT) {
      stage = Stage.GREETING;
    }
    int code;
    try {
      code = super.readServerResponse();
    } catch (MessagingException e) {
      usable = false;
      throw e;
    }
    // 421 announces that the server closes the connection (RFC 5321 section 3.8).
    usable &= code >= 200 && code != 421;
    if (!ignoringReplies && code >= 200) {
      reply = new SmtpReply(code, redaction.clean(getLastServerResponse()));
      if (stage == Stage.RCPT_TO) {
        recipientReplies.add(reply);
      }
    }
    return code;
  }

  @Override
  public synchronized void issueCommand(String command, int expected) throws MessagingException {
    ignoringReplies = command.equals("RSET");
    try {
      super.issueCommand(command, expected);
    } catch (MessagingException e) {
      if (!ignoringReplies) {
        throw e;
      }
      // What counts is the refusal before it, which this would hide; usable tells the rest.
      usable = false;
    } finally {
      ignoringReplies = false;
    }
  }
}
