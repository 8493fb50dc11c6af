package org.byoemail.mail;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Tells from the header alone whether a mail was written by a machine. */
final class AutomaticMail {
  private static final List<String> LIST_FIELDS =
      List.of("List-Id", "List-Post", "List-Unsubscribe", "List-Help", "Mailing-List");

  /** Fields that autoresponders set and nobody else. */
  private static final List<String> REPLY_FIELDS =
      List.of("X-Autoreply", "X-Autorespond", "X-AutoReply-From", "X-Mail-Autoreply");

  private static final Pattern REPORTER = Pattern.compile("daemon\\b|post[_.-]?master");

  private static final Pattern SUPPRESSED = Pattern.compile("(?i)\\b(all|autoreply)\\b");

  private AutomaticMail() {}

  static AutoSubmitted autoSubmitted(MailHeaders headers) {
    String declared = keyword(headers, "Auto-Submitted");
    if (declared.startsWith("auto-replied")
        || REPLY_FIELDS.stream().anyMatch(name -> isSet(headers, name))
        || keyword(headers, "Precedence").matches("auto.?reply")) {
      return AutoSubmitted.REPLIED;
    }
    boolean generated =
        !declared.isEmpty() && !declared.equals("no")
            || headers.hasNullSender()
            || keyword(headers, "Precedence").matches("bulk|junk")
            || headers
                .first("X-Auto-Response-Suppress")
                .filter(value -> SUPPRESSED.matcher(value).find())
                .isPresent();
    return generated ? AutoSubmitted.GENERATED : AutoSubmitted.NO;
  }

  static boolean isListMail(MailHeaders headers) {
    return LIST_FIELDS.stream().anyMatch(name -> headers.first(name).isPresent())
        || keyword(headers, "Precedence").equals("list");
  }

  static boolean mayBeReport(MailHeaders headers) {
    String type = keyword(headers, "Content-Type");
    String declared = keyword(headers, "Auto-Submitted");
    return headers.hasNullSender()
        || type.startsWith("multipart/report")
        || type.startsWith("message/delivery-status")
        || headers.first("X-Failed-Recipients").isPresent()
        || !declared.isEmpty() && !declared.equals("no")
        || isReporter(headers.first("From"))
        || isReporter(headers.first("Sender"))
        || isReporter(headers.first("Return-Path"));
  }

  /** A null address in From is no address of a person either. */
  private static boolean isReporter(Optional<String> field) {
    return field
        .map(value -> value.toLowerCase(Locale.ROOT))
        .filter(value -> value.equals("<>") || REPORTER.matcher(value).find())
        .isPresent();
  }

  private static boolean isSet(MailHeaders headers, String name) {
    String value = keyword(headers, name);
    return !value.isEmpty() && !value.equals("no") && !value.equals("false");
  }

  /** The value up to its parameters or comments, in lower case. */
  private static String keyword(MailHeaders headers, String name) {
    return HeaderParameters.parse(headers.first(name).orElse(null)).value();
  }
}
