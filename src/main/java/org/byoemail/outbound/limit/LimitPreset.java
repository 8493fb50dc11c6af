package org.byoemail.outbound.limit;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.byoemail.format.mail.EmailAddress;

/**
 * The documented limits of a provider for each account. Providers change these and may refuse
 * earlier: their replies count (see the quota refusals of the outbound feature).
 *
 * @param connections at a time
 */
public record LimitPreset(String name, SendingLimits limits, int connections) {
  private static final int GMAIL_CONNECTIONS = 5;
  private static final int MICROSOFT_CONNECTIONS = 3;

  // https://support.google.com/mail/answer/22839: 500 recipients a day.
  private static final LimitPreset GMAIL =
      new LimitPreset("gmail", limits(SendingLimit.RECIPIENTS_PER_DAY, 500), GMAIL_CONNECTIONS);

  // https://support.google.com/a/answer/166852: 2,000 messages and 10,000 recipients a day.
  private static final LimitPreset WORKSPACE =
      new LimitPreset(
          "google_workspace",
          new SendingLimits(
              Map.of(SendingLimit.MESSAGES_PER_DAY, 2000, SendingLimit.RECIPIENTS_PER_DAY, 10_000)),
          GMAIL_CONNECTIONS);

  // Exchange Online limits: 30 messages a minute, 10,000 recipients a day, 3 connections.
  private static final LimitPreset MICROSOFT =
      new LimitPreset(
          "microsoft_365",
          new SendingLimits(
              Map.of(
                  SendingLimit.MESSAGES_PER_MINUTE, 30, SendingLimit.RECIPIENTS_PER_DAY, 10_000)),
          MICROSOFT_CONNECTIONS);

  private static final LimitPreset OUTLOOK =
      new LimitPreset(
          "outlook", limits(SendingLimit.MESSAGES_PER_MINUTE, 30), MICROSOFT_CONNECTIONS);

  /** The preset of the provider with this SMTP host; empty if unknown. */
  public static Optional<LimitPreset> of(String smtpHost, EmailAddress address) {
    return switch (smtpHost.toLowerCase(Locale.ROOT)) {
      case "smtp.gmail.com", "smtp.googlemail.com" ->
          Optional.of(isConsumer(address) ? GMAIL : WORKSPACE);
      case "smtp.office365.com" -> Optional.of(MICROSOFT);
      case "smtp-mail.outlook.com" -> Optional.of(OUTLOOK);
      default -> Optional.empty();
    };
  }

  private static boolean isConsumer(EmailAddress address) {
    return address.domain().equals("gmail.com") || address.domain().equals("googlemail.com");
  }

  private static SendingLimits limits(SendingLimit limit, int amount) {
    return new SendingLimits(Map.of(limit, amount));
  }
}
