package org.byoemail.api;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.format.authentication.SenderVerdict;
import org.jspecify.annotations.Nullable;

/**
 * Which mail is waited for. Subject and text must be contained; case does not matter.
 *
 * @param from the sender's whole address, or its domain or one above: who contains "shop.test" may
 *     be anybody
 * @param to a whole address of the recipients: another address may contain it
 * @param subject in the subject
 * @param text in the new text
 * @param authentic whether the sender must be proven
 */
record MailMatch(
    @Nullable String from,
    @Nullable String to,
    @Nullable String subject,
    @Nullable String text,
    boolean authentic) {
  private static final int MAX_CODES = 10;
  private static final int MAX_LINKS = 20;
  private static final int MAX_LINK = 2_000;

  /**
   * Digits, also in two groups, or capitals and digits; not within longer words, numbers or
   * addresses of the web, but directly after "Code:".
   */
  private static final Pattern CODE =
      Pattern.compile(
          "(?:(?<![\\p{L}\\p{N}.,:/_=&?#+-])|(?<=[:=])(?<=(?<![\\p{L}\\p{N}./_=&?#%-])\\p{L}{0,30}(?iu:"
              + "code|pin|otp|password|token|c[oó]digo|codice|kode|认证码|验证码)[:=]))(?:\\d{4,8}|\\d{3}[ -]\\d{3}|(?=[A-Z-]*\\d)(?=[\\d-]*[A-Z])"
              + "[A-Z0-9]{1,5}-[A-Z0-9]{3,8}|(?=[A-Z]*\\d)(?=\\d*[A-Z])[A-Z0-9]{5,10})"
              + "(?![\\p{L}\\p{N}_/@:+-]|[.,]\\d)");

  private static final Pattern NAMED =
      Pattern.compile(
          "code|\\bpin\\b|\\botp\\b|passcode|password|verif|confirm|token|c[oó]digo|codice|kode|认证码|验证码",
          Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);

  private static final Pattern LINK = Pattern.compile("https?://[^\\s<>\"\\\\^`{|}]{1,2000}");
  private static final String TRAILING = ".,;:!?)]'";

  boolean matches(
      @Nullable String sender,
      List<String> recipients,
      @Nullable String line,
      @Nullable String verdict) {
    return isFrom(sender)
        && (!authentic || SenderVerdict.Kind.AUTHENTIC.word().equals(verdict))
        && (to == null || recipients.stream().anyMatch(to.strip()::equalsIgnoreCase))
        && contains(line, subject);
  }

  boolean matchesText(String body) {
    return contains(body, text);
  }

  private boolean isFrom(@Nullable String sender) {
    if (from == null || from.isBlank()) {
      return true;
    }
    String wanted = from.strip().toLowerCase(Locale.ROOT);
    String address = sender == null ? "" : sender.toLowerCase(Locale.ROOT);
    int at = address.lastIndexOf('@');
    if (wanted.indexOf('@') > 0 || at < 0) {
      return at >= 0 && address.equals(wanted);
    }
    String domain = wanted.startsWith("@") ? wanted.substring(1) : wanted;
    return ("." + address.substring(at + 1)).endsWith("." + domain);
  }

  private static boolean contains(@Nullable String whole, @Nullable String part) {
    return part == null
        || whole != null && whole.toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT));
  }

  /** What may be a code in a mail, codes next to words such as "code" first. */
  static List<String> codes(String subject, String text) {
    Set<String> named = new LinkedHashSet<>();
    Set<String> others = new LinkedHashSet<>();
    boolean announced = false;
    for (String line : (subject + "\n" + text).lines().toList()) {
      boolean names = NAMED.matcher(line).find();
      Matcher code = CODE.matcher(line);
      while (code.find()) {
        if (names || announced) {
          named.add(code.group());
        } else if (others.size() < MAX_CODES) {
          others.add(code.group());
        }
      }
      // "Your code is:", and the code in the next line.
      announced = names || announced && line.isBlank();
    }
    named.addAll(others);
    return named.stream().limit(MAX_CODES).toList();
  }

  /** The web addresses in a text, in their order. */
  static List<String> links(String text) {
    Set<String> links = new LinkedHashSet<>();
    Matcher link = LINK.matcher(text);
    while (link.find() && links.size() < MAX_LINKS) {
      String found = link.group();
      while (TRAILING.indexOf(found.charAt(found.length() - 1)) >= 0) {
        found = found.substring(0, found.length() - 1);
      }
      if (found.length() <= MAX_LINK) {
        links.add(found);
      }
    }
    return new ArrayList<>(links);
  }
}
