package org.byoemail.account.connection;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.angus.mail.imap.protocol.BASE64MailboxDecoder;

/**
 * A folder of a LIST response (RFC 9051 section 7.3.1).
 *
 * @param attributes in lower case, with their backslashes
 * @param delimiter the hierarchy delimiter; empty if NIL
 * @param name decoded
 */
public record ImapFolderName(Set<String> attributes, String delimiter, String name) {
  private static final Pattern LISTED =
      Pattern.compile(
          "\\((?<attributes>[^()]*)\\) (?:\"(?<delimiter>\\\\?.)\"|NIL)"
              + " (?:\"(?<quoted>(?:[^\"\\\\]|\\\\.)*+)\"|(?<atom>[^\"\\s]+))(?: \\(.*\\))?");

  /** Parses a LIST response; empty for any other, or if the name is a literal. */
  public static Optional<ImapFolderName> of(ImapResponse response) {
    return response.is("LIST") || response.is("XLIST") ? parse(response.text()) : Optional.empty();
  }

  static Optional<ImapFolderName> parse(String text) {
    Matcher listed = LISTED.matcher(text.strip());
    if (!listed.matches()) {
      return Optional.empty();
    }
    String delimiter = listed.group("delimiter");
    String quoted = listed.group("quoted");
    String name = quoted == null ? listed.group("atom") : quoted.replaceAll("\\\\(.)", "$1");
    return Optional.of(
        new ImapFolderName(
            Arrays.stream(listed.group("attributes").split(" "))
                .filter(attribute -> !attribute.isEmpty())
                .map(attribute -> attribute.toLowerCase(Locale.ROOT))
                .collect(Collectors.toUnmodifiableSet()),
            delimiter == null ? "" : delimiter.substring(delimiter.length() - 1),
            BASE64MailboxDecoder.decode(name)));
  }

  /** Whether it has an attribute, such as {@code \\sent}. */
  public boolean is(String attribute) {
    return attributes.contains(attribute);
  }

  /** The last level of the name. */
  public String lastPart() {
    return delimiter.isEmpty() ? name : name.substring(name.lastIndexOf(delimiter) + 1);
  }
}
