package org.byoemail.outbound.delivery;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.account.connection.SmtpReply;
import org.byoemail.format.mail.AddressText;
import org.jspecify.annotations.Nullable;

/**
 * Refusals that are about the account and not about the mail, whatever stage they are said at: many
 * servers say only at RCPT TO, or even after the mail, that its sender may not send, or not so
 * much.
 */
final class AccountRefusals {
  /** RFC 4954 section 6: the server wants another sign-in before it takes any mail. */
  private static final List<Integer> SIGN_IN = List.of(530, 534, 535, 538);

  // A new connection takes mail at once; others of the account may be busy for a moment.
  private static final Duration NEW_SESSION = Duration.ofMinutes(1);
  private static final Duration BUSY = Duration.ofMinutes(5);
  private static final Duration HOUR = Duration.ofHours(1);
  // A daily quota refills bit by bit, as sent mail becomes older than a day.
  private static final Duration DAY_QUOTA = Duration.ofHours(4);
  private static final Duration MAX_WAIT = Duration.ofDays(1);

  private static final Pattern SENDER =
      Pattern.compile(
          "sender address rejected: not (owned|logged)|client host rejected|authentication (is )?(required|needed)"
              + "|not (allowed|permitted|authori[sz]ed) to send (as|from|on behalf)|send ?as ?denied"
              + "|does not have permissions? to send as|from: address not verified"
              + "|sender (is )?not (allowed|authori[sz]ed|verified)"
              + "|\\b5\\.7\\.(57|60|139|50[123])\\b|\\b5\\.1\\.8\\b.*(outbound|sender)"
              // RFC 4954 section 6.
              + "|\\b5\\.7\\.(8|9|11)\\b.*(auth|credential|password)");

  /**
   * The server, or one that it has asked, does not know the sender's address. Only at MAIL FROM:
   * later, servers of the provider quote what another server said of one recipient's mail.
   */
  private static final Pattern SENDER_UNKNOWN =
      Pattern.compile(
          "mail from:?\\s+(?:address )?(?:does not|doesn't) exist|no such sender"
              + "|sender (?:address )?(?:call[ -]?(?:out|back)|verif\\w+)\\b.*\\bfail"
              + "|\\b(?:sender's|your) (?:e-?mail |mail )?server (?:says|said|reports|reported|answers|answered)\\b"
              + ".*(?:no such|unknown|not found|not exist)");

  /**
   * So many mails for one connection, which the next does not know of: Stalwart, Exim, Yahoo,
   * PowerMTA and others. With 4.4.5 a count of mails is one of the session, unless a period is
   * named; the code alone only says that the server is congested (RFC 3463 section 3.5), as
   * Sendmail's does of a full disk.
   */
  private static final Pattern SESSION =
      Pattern.compile(
          "(?:messages?|mails?|e-?mails?|transactions?|deliver(?:y|ies)) (?:limit )?"
              + "(?:per|in|for|on|over|within|during) (?:this |one |a |the |each |same |single )*"
              + "(?:smtp )?(?:session|connection)"
              + "|per[ -](?:session|connection) (?:message|mail|transaction|delivery)s? (?:limit|count|maximum)"
              + "|(?:session|connection)(?:'s)? (?:message|mail|transaction)s? (?:limit|count|quota|maximum)"
              + "|(?:limit|maximum|max|number) (?:of \\S{1,20} )?(?:per|for|of) (?:this |one |a |the |each )*"
              + "(?:smtp )?(?:session|connection)"
              + "|\\b4\\.4\\.5 (?!.*\\b(?:rate|hour|hourly|day|daily|today|minute|second)\\b)"
              + ".*?\\b(?:too many|(?:maximum|max) (?:number of )?|limit of )\\s*(?:messages|mails|e-?mails|transactions)\\b");

  /** A quota: the pattern of the reply, and how long the account waits. */
  private record Quota(Pattern words, Duration pause) {}

  private static final List<Quota> QUOTAS =
      List.of(
          // Gmail: https://support.google.com/a/answer/3726730.
          quota(
              "\\b5\\.4\\.5\\b.*(limit|quota)|daily (user )?(sending|smtp relay) (limit|quota)",
              DAY_QUOTA),
          // Microsoft 365: sending limits, https://learn.microsoft.com, "NDR 5.1.90", "5.7.705".
          quota(
              "\\b5\\.1\\.90\\b|reached (your|the) (daily )?limit|recipient ?rate ?limit"
                  + "|\\b5\\.7\\.70[58]\\b|outboundspam",
              DAY_QUOTA),
          quota("(sender )?thread limit|concurrent connections?", Duration.ofMinutes(1)),
          quota("submission ?quota|\\bhourly\\b|per hour|unusual sending activity", HOUR),
          quota(
              "(message|submission|sending) rate|rate limit|too many (messages|mails|emails)",
              BUSY),
          quota("\\b4\\.7\\.5\\d\\d\\b", BUSY),
          quota(
              "(sending|daily|outgoing|outbound|submission) (limit|quota) (was |is |has been )?"
                  + "(exceeded|reached)|exceeded (your|the|its) (daily|sending|outgoing)",
              DAY_QUOTA));

  private static final Pattern STATED =
      Pattern.compile(
          "\\b(?:try|retry|again|wait|in|after|for)\\s+(?:again\\s+)?(?:in\\s+|after\\s+)?(\\d{1,6})\\s*"
              + "(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?)\\b");

  private AccountRefusals() {}

  /**
   * A reply that refuses the account.
   *
   * @param pause how long a used-up quota lasts; null: the account has failed
   * @param ofSession whether only this connection takes no more mails
   */
  record Refusal(@Nullable Duration pause, boolean ofSession) {}

  /** What a reply to MAIL FROM says of the account; empty: nothing. */
  static Optional<Refusal> atMailFrom(SmtpReply reply) {
    Optional<Refusal> refusal = of(reply);
    return refusal.isEmpty()
            && reply.isPermanent()
            && SENDER_UNKNOWN
                .matcher(AddressText.leftOut(reply.text().toLowerCase(Locale.ROOT)))
                .find()
        ? Optional.of(new Refusal(null, false))
        : refusal;
  }

  /** What a reply says of the account, at whatever stage; empty: nothing. */
  static Optional<Refusal> of(SmtpReply reply) {
    String text = AddressText.leftOut(reply.text().toLowerCase(Locale.ROOT));
    if ((reply.isTransient() || reply.isPermanent()) && SESSION.matcher(text).find()) {
      return Optional.of(new Refusal(NEW_SESSION, true));
    }
    for (Quota quota : QUOTAS) {
      if (quota.words().matcher(text).find()) {
        return Optional.of(new Refusal(stated(text).orElse(quota.pause()), false));
      }
    }
    return SIGN_IN.contains(reply.code()) || SENDER.matcher(text).find()
        ? Optional.of(new Refusal(null, false))
        : Optional.empty();
  }

  /** How long a server asks to be left alone, such as "try again in 300 seconds"; a day at most. */
  static Optional<Duration> stated(String words) {
    Matcher matcher = STATED.matcher(words.toLowerCase(Locale.ROOT));
    if (!matcher.find()) {
      return Optional.empty();
    }
    long amount = Long.parseLong(matcher.group(1));
    Duration pause =
        switch (matcher.group(2).charAt(0)) {
          case 's' -> Duration.ofSeconds(amount);
          case 'm' -> Duration.ofMinutes(amount);
          default -> Duration.ofHours(amount);
        };
    return Optional.of(pause.compareTo(MAX_WAIT) > 0 ? MAX_WAIT : pause);
  }

  private static Quota quota(String words, Duration pause) {
    return new Quota(Pattern.compile(words), pause);
  }
}
