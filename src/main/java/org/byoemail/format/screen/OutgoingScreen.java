package org.byoemail.format.screen;

import com.google.re2j.Matcher;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.byoemail.format.html.HiddenText;
import org.byoemail.format.html.VisibleHtml;
import org.byoemail.format.html.VisibleText;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.HeaderField;
import org.byoemail.format.screen.Digits.Run;
import org.byoemail.format.screen.OutgoingFinding.Kind;

/**
 * Finds in an outgoing mail what its sender may not want to leave: keys, numbers of cards and bank
 * accounts, an operator's own words, hidden text, files that are not what they claim. Time and
 * memory are bounded. Safe for use by many threads.
 */
public final class OutgoingScreen {
  private static final int MAX_OF_A_KIND = 10;

  /** How many characters of each text are read. */
  private static final int MAX_TEXT = 1 << 20;

  /** How many bytes of all files are read as text. */
  private static final int MAX_FILES_BYTES = 4 << 20;

  private static final int MAX_FILES = 100;
  private static final int MAX_ADDRESSES = 200;

  /**
   * Instructions of all own patterns times characters: half a second in the worst case of RE2/J
   * 1.8, which needs 25 ns for each on a usual core.
   */
  private static final long MAX_PATTERN_STEPS = 20_000_000;

  /** To find each of them, the rest of the text may have to be read. */
  private static final int MAX_MATCHES_OF_A_PATTERN = 3;

  /** Of all patterns together: they hide no others, but each costs as much. */
  private static final int MAX_EXEMPT_MATCHES = 20;

  private final OutgoingRules rules;
  private final List<OutgoingFinding> found = new ArrayList<>();
  private final Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
  private final Set<String> seen = new HashSet<>();
  private final Set<EmailAddress> addresses = new LinkedHashSet<>();
  private final long patternCharacters;
  private long matched;
  private int exemptMatches;
  private boolean partly;

  private OutgoingScreen(OutgoingRules rules) {
    this.rules = rules;
    int size = rules.patterns().stream().mapToInt(TextPattern::size).sum();
    this.patternCharacters = size == 0 ? Long.MAX_VALUE : MAX_PATTERN_STEPS / size;
  }

  /**
   * What was found.
   *
   * @param findings a bounded number of each kind
   * @param addresses those that the texts name, at most 200, in order
   */
  public record Result(List<OutgoingFinding> findings, Set<EmailAddress> addresses) {}

  /**
   * Examines a mail.
   *
   * @throws IOException if the content of a file cannot be read
   */
  public static Result examine(OutgoingMail mail, OutgoingRules rules) throws IOException {
    OutgoingScreen screen = new OutgoingScreen(rules);
    screen.text("subject", mail.subject());
    for (HeaderField field : mail.headers()) {
      screen.text("header " + field.name(), field.value());
    }
    if (mail.text() != null) {
      screen.text("text", mail.text());
    }
    if (mail.html() != null) {
      screen.html(mail.html());
    }
    screen.files(mail.files());
    if (screen.partly) {
      screen.add(Kind.PARTLY_READ, "", "", "");
    }
    return new Result(List.copyOf(screen.found), Set.copyOf(screen.addresses));
  }

  private void html(String html) {
    VisibleText read = VisibleHtml.read(html);
    partly |= !read.whole();
    text("html", read.text());
    for (HiddenText hidden : read.hidden()) {
      text("html, hidden", hidden.text());
      if (isHidden(hidden)) {
        add(
            Kind.HIDDEN_TEXT,
            hidden.source().word(),
            "html",
            "%,d characters".formatted(hidden.text().length()));
      }
    }
    text("html, preheader", read.preheader());
    // Attributes, comments and scripts, which no visible text has; numbers there are rarely meant.
    secrets("html, source", cut(html));
  }

  private static boolean isHidden(HiddenText hidden) {
    return switch (hidden.source()) {
      case DISPLAY, VISIBILITY, OPACITY, FONT_SIZE, COLOR, OFF_SCREEN, CLIPPED ->
          hidden.text().chars().filter(Character::isLetterOrDigit).count() >= 3;
      case TAG_CHARACTERS, INVISIBLE_DATA, REORDERED -> true;
      default -> false;
    };
  }

  private void files(List<OutgoingMail.File> files) throws IOException {
    int room = MAX_FILES_BYTES;
    partly |= files.size() > MAX_FILES;
    for (int i = 0; i < Math.min(files.size(), MAX_FILES); i++) {
      OutgoingMail.File file = files.get(i);
      nameOf("name of an attachment", file.name());
      try (InputStream in = file.content().open()) {
        byte[] head = in.readNBytes(OutgoingFiles.HEAD);
        String place = "attachment " + (isTelling(file.name()) ? i + 1 : file.name());
        OutgoingFiles.mismatch(file.name(), file.type(), head)
            .ifPresent(what -> add(Kind.TYPE_MISMATCH, "", place, what));
        if (head.length > 0 && OutgoingFiles.form(head).equals("text")) {
          room -= textOf(place, head, in, room);
        }
      }
    }
  }

  /** The dot before an ending would make a number part of a longer word. */
  private void nameOf(String place, String name) {
    text(place, name);
    text(place, name.replace('.', ' '));
  }

  /** Whether a name has a finding itself, and would repeat the value wherever it is shown. */
  private boolean isTelling(String name) {
    OutgoingScreen ofName = new OutgoingScreen(rules);
    ofName.nameOf("", name);
    return !ofName.found.isEmpty();
  }

  private int textOf(String place, byte[] head, InputStream in, int room) throws IOException {
    int more = Math.max(0, Math.min(room, MAX_TEXT) - head.length);
    byte[] rest = in.readNBytes(more);
    byte[] bytes = new byte[head.length + rest.length];
    System.arraycopy(head, 0, bytes, 0, head.length);
    System.arraycopy(rest, 0, bytes, head.length, rest.length);
    partly |= rest.length == more && in.read() >= 0;
    text(place, OutgoingFiles.decoded(bytes));
    return bytes.length;
  }

  private String cut(String text) {
    partly |= text.length() > MAX_TEXT;
    return text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) : text;
  }

  private void text(String place, String whole) {
    if (whole.isBlank()) {
      return;
    }
    String text = withoutInvisible(cut(whole));
    secrets(place, text);
    numbers(place, text);
    ownRules(place, text);
    addresses(text);
  }

  /** Characters without width may split a number or a word and are not seen. */
  private static String withoutInvisible(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (isInvisible(text.charAt(i))) {
        StringBuilder kept = new StringBuilder(text.length());
        text.chars().filter(c -> !isInvisible((char) c)).forEach(c -> kept.append((char) c));
        return kept.toString();
      }
    }
    return text;
  }

  private static boolean isInvisible(char c) {
    return c == '\u00AD' || c >= '\u200B' && c <= '\u200D' || c == '\u2060' || c == '\uFEFF';
  }

  private void secrets(String place, String text) {
    for (Secrets.Found secret : Secrets.in(text, rules.seals())) {
      add(Kind.SECRET, secret.name(), place, text, secret.start(), secret.end());
    }
  }

  private void numbers(String place, String text) {
    List<BankAccounts.Found> ibans = BankAccounts.ibans(text);
    for (BankAccounts.Found iban : ibans) {
      add(Kind.BANK_ACCOUNT, iban.name(), place, text, iban.start(), iban.end());
    }
    int next = 0;
    for (Run run : Digits.runs(text, 8, MAX_TEXT)) {
      while (next < ibans.size() && ibans.get(next).end() <= run.start()) {
        next++;
      }
      if (next < ibans.size() && ibans.get(next).start() < run.end()) {
        continue;
      }
      CardNumbers.Found card = CardNumbers.in(text, run);
      if (card != null) {
        add(Kind.CARD_NUMBER, card.issuer(), place, text, card.start(), card.end());
      } else {
        String bank = BankAccounts.named(text, run);
        if (bank != null) {
          add(Kind.BANK_ACCOUNT, bank, place, text, run.start(), run.end());
        }
      }
    }
  }

  private void ownRules(String place, String text) {
    for (WordList list : rules.words()) {
      list.find(text, (start, end) -> add(Kind.PATTERN, list.name(), place, text, start, end));
    }
    if (rules.patterns().isEmpty()) {
      return;
    }
    long left = patternCharacters - matched;
    partly |= text.length() > left;
    String read = text.length() > left ? text.substring(0, (int) Math.max(0, left)) : text;
    matched += read.length();
    for (TextPattern pattern : rules.patterns()) {
      Matcher match = pattern.matcher(read);
      int matches = 0;
      while (matches < MAX_MATCHES_OF_A_PATTERN && match.find()) {
        if (!isExempt(match.group())) {
          add(Kind.PATTERN, pattern.name(), place, read, match.start(), match.end());
          matches++;
        } else if (++exemptMatches >= MAX_EXEMPT_MATCHES) {
          partly = true;
          break;
        }
      }
    }
  }

  private void addresses(String text) {
    for (int at = text.indexOf('@');
        at >= 0 && addresses.size() < MAX_ADDRESSES;
        at = text.indexOf('@', at + 1)) {
      int start = at;
      while (start > 0 && at - start < 64 && isLocal(text.charAt(start - 1))) {
        start--;
      }
      int end = at + 1;
      while (end < text.length() && end - at < 254 && isDomain(text.charAt(end))) {
        end++;
      }
      while (end > at && ".-".indexOf(text.charAt(end - 1)) >= 0) {
        end--;
      }
      if (start < at && text.substring(at, end).indexOf('.') > 1) {
        asAddress(text.substring(start, end)).ifPresent(addresses::add);
      }
    }
  }

  private static Optional<EmailAddress> asAddress(String text) {
    try {
      return Optional.of(EmailAddress.parse(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // Such as two dots in a row.
    }
  }

  private static boolean isLocal(char c) {
    return Character.isLetterOrDigit(c) || "!#$%&'*+-/=?^_`{|}~.".indexOf(c) >= 0;
  }

  private static boolean isDomain(char c) {
    return Character.isLetterOrDigit(c) || c == '.' || c == '-';
  }

  private void add(Kind kind, String name, String place, String text, int start, int end) {
    if (end == start || counts.getOrDefault(kind, 0) >= MAX_OF_A_KIND) {
      return;
    }
    String value = text.substring(start, end);
    if (!isExempt(value) && seen.add(kind + "/" + name + "/" + OutgoingRules.normal(value))) {
      add(kind, name, place + lineOf(text, start), masked(value));
    }
  }

  private boolean isExempt(String value) {
    return !rules.exempt().isEmpty() && rules.exempt().contains(OutgoingRules.normal(value));
  }

  private void add(Kind kind, String name, String place, String evidence) {
    if (counts.merge(kind, 1, Integer::sum) <= MAX_OF_A_KIND) {
      found.add(new OutgoingFinding(kind, name, place, evidence));
    }
  }

  private static String lineOf(String text, int at) {
    int line = 1;
    for (int i = text.indexOf('\n'); i >= 0 && i < at; i = text.indexOf('\n', i + 1)) {
      line++;
    }
    return line == 1 && text.indexOf('\n') < 0 ? "" : ", line " + line;
  }

  /** The ends of a value, if so much is allowed to be shown and enough stays hidden. */
  private String masked(String value) {
    int shown = Math.min(rules.shownCharacters(), value.length() / 4);
    String size = "%,d characters".formatted(value.length());
    if (shown == 0) {
      return size;
    }
    return value.substring(0, shown)
        + "..."
        + value.substring(value.length() - shown)
        + " ("
        + size
        + ")";
  }
}
