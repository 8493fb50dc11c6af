package org.byoemail.format.authentication;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.byoemail.format.authentication.AuthenticationField.Result;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.HeaderField;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mime.MailHeaders;

/**
 * What the receiving server of a mailbox wrote above what the sender wrote. A field that a stranger
 * wrote has another id, stands below the server's Received, or below a field of the server.
 */
final class ReceivingServerResults {
  private static final Pattern BY =
      Pattern.compile("(?:^|\\s)by\\s+([^\\s;()]{1,255})", Pattern.CASE_INSENSITIVE);
  private static final Pattern ENFORCED =
      Pattern.compile("\\b(?:p|policy)\\s*=\\s*(quarantine|reject)\\b", Pattern.CASE_INSENSITIVE);
  private static final Pattern POLICY = Pattern.compile("\\b(?:p|policy)\\s*=\\s*[a-z]", 2);

  private final List<Result> results = new ArrayList<>();
  private final String author;
  private final String domain;
  private boolean malformed;
  private boolean inside;
  private boolean found;

  private ReceivingServerResults(MailHeaders headers) {
    Optional<EmailAddress> from = headers.from().map(NamedAddress::address);
    author = from.map(EmailAddress::value).orElse("");
    domain = from.map(EmailAddress::domain).orElse("");
  }

  /** Reads the fields that the rule says are the server's. */
  static ReceivingServerResults of(MailHeaders headers, ServerRule rule) {
    ReceivingServerResults word = new ReceivingServerResults(headers);
    for (HeaderField field : headers.fields()) {
      String name = field.name().toLowerCase(Locale.ROOT);
      if (name.equals("received") && isForeign(field.value(), rule.receivedBy())) {
        break;
      }
      if (name.equals("authentication-results")
          && !word.take(AuthenticationField.parse(field.value()), rule)) {
        break;
      }
    }
    // The server removes this field from outside mail; where it stands says nothing.
    word.inside = rule.inside() && isInternal(headers);
    return word;
  }

  private static boolean isInternal(MailHeaders headers) {
    List<String> marks = headers.all("X-MS-Exchange-Organization-AuthAs");
    return marks.size() == 1 && marks.get(0).strip().equalsIgnoreCase("Internal");
  }

  /** False once no further field is the server's. */
  private boolean take(AuthenticationField field, ServerRule rule) {
    if (rule.topmost() || rule.isOwn(field.server())) {
      // The first alone: the server may leave one below it that its sender wrote.
      found = true;
      malformed = field.isMalformed();
      results.addAll(field.results());
    }
    return !found;
  }

  private static boolean isForeign(String received, List<String> own) {
    if (own.isEmpty()) {
      return false;
    }
    var by = BY.matcher(received.substring(0, Math.min(received.length(), 2000)));
    String host = by.find() ? by.group(1).toLowerCase(Locale.ROOT) : "";
    return own.stream()
        .noneMatch(one -> host.equals(one) || host.endsWith("." + one) || host.startsWith(one));
  }

  /** Whether it wrote anything. */
  boolean isThere() {
    return found || inside;
  }

  boolean dmarcFailed() {
    return results.stream().anyMatch(one -> is(one, "dmarc") && one.result().equals("fail"));
  }

  /**
   * Whether the failed policy was quarantine or reject, as far as it says.
   *
   * @return empty if it does not
   */
  Optional<Boolean> enforces() {
    for (Result one : results) {
      if (is(one, "dmarc") && one.result().equals("fail")) {
        String action = one.property("action").toLowerCase(Locale.ROOT);
        if (action.endsWith("reject") || action.equals("quarantine")) {
          return Optional.of(true);
        }
        if (ENFORCED.matcher(one.comment()).find()) {
          return Optional.of(true);
        }
        if (POLICY.matcher(one.comment()).find()) {
          return Optional.of(false);
        }
      }
    }
    return Optional.empty();
  }

  /** Whether DMARC passed for the From that was read, and nowhere failed. */
  boolean dmarcPassed() {
    return !malformed
        && !dmarcFailed()
        && results.stream()
            .anyMatch(
                one ->
                    is(one, "dmarc")
                        && (one.result().equals("pass") || one.result().equals("bestguesspass"))
                        && namesAuthor(one.property("header.from")));
  }

  private boolean namesAuthor(String value) {
    String from = value.toLowerCase(Locale.ROOT);
    return !domain.isEmpty() && (from.equals(domain) || from.equals(author));
  }

  /** The envelope domain for which SPF passed; empty if it did not. */
  String spfDomain() {
    return malformed ? "" : passed("spf", "smtp.mailfrom", "smtp.helo");
  }

  /** The domains whose signatures passed. */
  List<String> dkimDomains() {
    return malformed
        ? List.of()
        : results.stream()
            .filter(one -> is(one, "dkim") && one.result().equals("pass"))
            .map(one -> domain(one, "header.d", "header.i"))
            .filter(one -> !one.isEmpty())
            .distinct()
            .toList();
  }

  private String passed(String method, String property, String otherwise) {
    return results.stream()
        .filter(one -> is(one, method) && one.result().equals("pass"))
        .map(one -> domain(one, property, otherwise))
        .findFirst()
        .orElse("");
  }

  private static String domain(Result result, String property, String otherwise) {
    String value =
        result.properties().containsKey(property)
            ? result.property(property)
            : result.property(otherwise);
    return value.substring(value.lastIndexOf('@') + 1).toLowerCase(Locale.ROOT);
  }

  /** Whether the author signed in at the server, or wrote from inside the tenant. */
  boolean isFromInside() {
    return inside
        || !malformed
            && results.stream()
                .anyMatch(
                    one ->
                        is(one, "auth")
                            && one.result().equals("pass")
                            && !author.isEmpty()
                            && one.property("smtp.auth").equalsIgnoreCase(author));
  }

  private static boolean is(Result result, String method) {
    return result.method().equals(method);
  }

  /** What it says, for people: methods and results only. */
  String summary() {
    List<String> words = new ArrayList<>();
    for (Result one : results) {
      String word = one.method() + "=" + one.result();
      if (one.result().matches("[a-z]{1,20}")
          && one.method().matches("[a-z-]{1,20}")
          && !words.contains(word)
          && words.size() < 12) {
        words.add(word);
      }
    }
    if (inside) {
      words.add("from inside");
    }
    return String.join(" ", words);
  }
}
