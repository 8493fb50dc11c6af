package org.byoemail.account.connection;

import java.util.List;

/**
 * The envelope of a mail (RFC 5321 section 2.3.1) with its parameters. Addresses are without angle
 * brackets.
 *
 * @param senderParameters of MAIL FROM, such as {@code RET=HDRS}
 * @param recipientParameters of each RCPT TO, such as {@code NOTIFY=FAILURE}
 */
public record Envelope(
    String sender,
    List<String> senderParameters,
    List<String> recipients,
    List<String> recipientParameters) {
  public Envelope {
    senderParameters = List.copyOf(senderParameters);
    recipients = List.copyOf(recipients);
    recipientParameters = List.copyOf(recipientParameters);
  }

  String mailFrom() {
    return command("MAIL FROM:", sender, senderParameters);
  }

  String rcptTo(int recipient) {
    return command("RCPT TO:", recipients.get(recipient), recipientParameters);
  }

  private static String command(String verb, String address, List<String> parameters) {
    StringBuilder command = new StringBuilder(verb).append('<').append(address).append('>');
    parameters.forEach(parameter -> command.append(' ').append(parameter));
    return command.toString();
  }
}
