package org.byoemail.account.connection;

import jakarta.mail.MessagingException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One mail transaction (RFC 5321 section 3.3). If the server offers PIPELINING (RFC 2920), the
 * first RCPT TO leaves with MAIL FROM, and DATA with them if that is the only one: two round trips
 * less. Used once, by one thread.
 */
final class SmtpTransaction {
  private static final String END = "\r\n.\r\n";
  private static final int OK = 250;
  static final int CLOSING = 421;
  private static final int START_MAIL = 354;

  private final SmtpChannel channel;
  private final Timeouts timeouts;
  private final Redaction redaction;
  private final Envelope envelope;
  private final boolean pipelined;
  private final boolean dataPipelined;
  private final List<SmtpReply> recipientReplies = new ArrayList<>();
  private Stage stage = Stage.MAIL_FROM;
  private @Nullable SmtpReply reply;
  private boolean usable = true;
  private boolean inStep = true;

  SmtpTransaction(
      SmtpChannel channel,
      Timeouts timeouts,
      Redaction redaction,
      Envelope envelope,
      boolean pipelining) {
    this.channel = channel;
    this.timeouts = timeouts;
    this.redaction = redaction;
    this.envelope = envelope;
    this.pipelined = pipelining;
    this.dataPipelined = pipelining && envelope.recipients().size() == 1;
  }

  /** Whether the connection can be reused. */
  boolean isUsable() {
    return usable;
  }

  /** Whether the server waits for a command. */
  boolean isInStep() {
    return inStep;
  }

  /**
   * Runs the transaction. Refusals and a lost connection are part of the result.
   *
   * @throws MessagingException if the mail cannot be read
   */
  SmtpDialogue run(SmtpConnection.Content mail) throws MessagingException {
    try {
      if (sender() && recipients() && data()) {
        write(mail);
      }
      return new SmtpDialogue(stage, reply, recipientReplies, null);
    } catch (IOException e) {
      return lost(e);
    }
  }

  private SmtpDialogue lost(Exception e) {
    usable = false;
    inStep = false;
    return new SmtpDialogue(stage, null, recipientReplies, redaction.lost(e));
  }

  private boolean sender() throws IOException {
    channel.add(envelope.mailFrom());
    if (pipelined) {
      channel.add(envelope.rcptTo(0));
    }
    if (dataPipelined) {
      channel.add("DATA");
    }
    if (read().code() == OK) {
      return true;
    }
    if (pipelined) {
      skip(dataPipelined ? 2 : 1);
    } else {
      reset();
    }
    return false;
  }

  private boolean recipients() throws IOException {
    stage = Stage.RCPT_TO;
    boolean taken = false;
    for (int i = 0; i < envelope.recipients().size(); i++) {
      if (i > 0 || !pipelined) {
        channel.add(envelope.rcptTo(i));
      }
      SmtpReply said = read();
      recipientReplies.add(said);
      taken |= said.isPositive();
      if (said.code() / 100 == 3) {
        // No reply to RCPT TO: what the server accepts from here on is unknown.
        taken = false;
        break;
      }
    }
    if (!taken) {
      if (dataPipelined) {
        skip(1);
      }
      reset();
    }
    return taken;
  }

  private boolean data() throws IOException {
    stage = Stage.DATA;
    if (!dataPipelined) {
      channel.add("DATA");
    }
    if (read().code() == START_MAIL) {
      return true;
    }
    reset();
    return false;
  }

  private void write(SmtpConnection.Content mail) throws IOException, MessagingException {
    SmtpBody body = new SmtpBody(channel);
    // Until the end of data is acknowledged, the server would take a command as mail data.
    inStep = false;
    usable = false;
    try {
      mail.writeTo(body);
    } catch (IOException e) {
      if (body.isBroken()) {
        throw e;
      }
      throw new MessagingException("the mail cannot be read", e);
    } catch (MessagingException | RuntimeException e) {
      if (body.isBroken()) {
        throw new IOException(e);
      }
      throw e;
    }
    channel.reserve(END.length());
    stage = Stage.END_OF_DATA;
    body.endLastLine();
    channel.add(".");
    reply = null;
    SmtpReply said = channel.read(timeouts.data());
    inStep = true;
    usable = true;
    note(said);
    if (!said.isPositive()) {
      reset();
    }
  }

  private SmtpReply read() throws IOException {
    reply = null;
    SmtpReply said = channel.read(timeouts.read());
    note(said);
    return said;
  }

  private void note(SmtpReply said) {
    reply = said;
    noteClosing(said);
  }

  // 421 announces that the server closes the connection (RFC 5321 section 3.8).
  private void noteClosing(SmtpReply said) {
    usable &= said.code() != CLOSING;
  }

  /**
   * Reads the replies to commands that were pipelined after a refused one. They and a connection
   * lost meanwhile do not matter: the refusal is the result.
   */
  private void skip(int replies) {
    inStep = false;
    try {
      int code = 0;
      for (int i = 0; i < replies && usable; i++) {
        code = next(channel.read(timeouts.read()));
      }
      if (usable && code == START_MAIL) {
        // RFC 2920 section 3.1: if the server accepts DATA without recipients, an empty mail is
        // sent.
        next(channel.send(".", timeouts.read()));
      }
      inStep = usable;
    } catch (IOException e) {
      usable = false;
    }
  }

  /** Resets the session after a refusal. */
  private void reset() {
    if (!usable) {
      return;
    }
    try {
      next(channel.send("RSET", timeouts.read()));
    } catch (IOException e) {
      usable = false;
      inStep = false;
    }
  }

  private int next(SmtpReply said) {
    noteClosing(said);
    return said.code();
  }
}
