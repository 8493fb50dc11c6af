package org.byoemail.outbound.suppression;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.byoemail.format.mail.AddressText;
import org.byoemail.format.mail.EnhancedStatus;
import org.byoemail.format.mail.SenderRefusal;
import org.jspecify.annotations.Nullable;

/**
 * The one place that decides whether a refusal says of the address itself that mail to it is of no
 * use. Policy, spam, size, a full mailbox, authentication and a refused sender never do, whatever
 * their code; nor does what is not recognised.
 */
final class AddressRefusals {
  private static final String DISABLED = "5.2.1";

  /** Codes that leave it open what is wrong: then the words decide. */
  private static final Set<String> VAGUE =
      Set.of("5.0.0", "5.1.0", "5.1.2", "5.1.3", "5.4.4", "5.5.0");

  private static final Pattern TRANSIENT = Pattern.compile("\\s*4\\d\\d[ -].*", Pattern.DOTALL);

  private static final Pattern ABOUT_SOMETHING_ELSE =
      Pattern.compile(
          "\\b(spam|unsolicited|black ?list\\w*|block ?list\\w*|block(ed|ing)|reputation|polic(y|ies)"
              + "|quota|full|too large|size|authenticat\\w*|dmarc|spf|dkim|rate|limits?|greylist\\w*"
              + "|sender (address )?(rejected|refused|denied|verif\\w*|unknown)|from address|return.path"
              + "|relay(ing)? (access )?(denied|not permitted|prohibited)|unable to relay)\\b");

  private static final Pattern NOBODY =
      Pattern.compile(
          "\\bno such (user|recipient|mailbox|address|account|person|local user)\\b"
              + "|\\b(user|recipient|mailbox|account|address|addressee)( address)?( is|:)? "
              + "(unknown|not found|not known|does not exist|doesn't exist|invalid)\\b"
              + "|\\b(unknown|invalid|nonexistent|non-existent) (user|recipient|mailbox|local.part|account)\\b"
              + "|\\bno (mailbox|user|account) (here )?by that name\\b"
              + "|\\b(does not|doesn't) (exist|have an? \\S+ account)\\b");

  private static final Pattern NO_HOST =
      Pattern.compile(
          "\\b(no such (host|domain)|(host|domain)( name)?( or domain name)? (was )?not found"
              + "|unknown (host|domain)|(host|domain) unknown|domain (does not|doesn't) exist|nxdomain"
              + "|unrouteable mail domain|does not accept mail)\\b");

  private AddressRefusals() {}

  /**
   * The reason to suppress the address that was refused; empty if absent.
   *
   * @param code an enhanced status; null: that in the words, if there is one
   * @param words the server's
   */
  static Optional<SuppressionReason> reason(@Nullable String code, @Nullable String words) {
    String text = AddressText.leftOut(words == null ? "" : words.toLowerCase(Locale.ROOT));
    EnhancedStatus status =
        EnhancedStatus.find(code).or(() -> EnhancedStatus.find(text)).orElse(null);
    if (status == null ? TRANSIENT.matcher(text).matches() : !status.isPermanent()) {
      return Optional.empty();
    }
    if (ABOUT_SOMETHING_ELSE.matcher(text).find() || SenderRefusal.in(text)) {
      return Optional.empty();
    }
    String known = status == null ? "" : status.toString();
    if (status != null && status.isNoSuchRecipient()) {
      return Optional.of(SuppressionReason.NO_SUCH_RECIPIENT);
    }
    if (known.equals(DISABLED)) {
      return Optional.of(SuppressionReason.DISABLED_RECIPIENT);
    }
    if (status != null && !VAGUE.contains(known)) {
      return Optional.empty();
    }
    if (NO_HOST.matcher(text).find()) {
      return Optional.of(SuppressionReason.NO_SUCH_HOST);
    }
    return NOBODY.matcher(text).find()
        ? Optional.of(SuppressionReason.NO_SUCH_RECIPIENT)
        : Optional.empty();
  }
}
