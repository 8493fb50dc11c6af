package org.byoemail.format.authentication;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A DKIM-Signature field (RFC 6376 section 3.5).
 *
 * @param algorithm {@code rsa} or {@code ed25519}, both with SHA-256
 * @param domain {@code d=}, in lower case
 * @param user the domain of {@code i=}
 * @param signedFields {@code h=}, in lower case and in order
 * @param limited whether it covers only the beginning of the body ({@code l=})
 * @param expires {@code x=}; null if it does not expire
 */
record DkimSignature(
    RawHeader.Field field,
    String algorithm,
    String domain,
    String selector,
    String user,
    List<String> signedFields,
    boolean relaxedHeader,
    boolean relaxedBody,
    boolean limited,
    @Nullable Instant expires,
    String bodyHash,
    String signature) {
  private static final int MAX_LENGTH = 64 << 10;
  private static final int MAX_SIGNED_FIELDS = 500;
  private static final int MAX_NAME = 253;
  private static final Pattern DOMAIN =
      Pattern.compile("(?=.{1,253}$)[a-z0-9_-]{1,63}(\\.[a-z0-9_-]{1,63})*");

  /** The value of the tag b, which is empty while it is signed. */
  private static final Pattern OWN_VALUE =
      Pattern.compile(
          "((?:^|;)[ \\t\\r\\n]*b[ \\t\\r\\n]*=)[^;\\r\\n]*+(?:\\r\\n[ \\t][^;\\r\\n]*+)*+");

  /** Reads one; empty if it is malformed or of another version or algorithm. */
  static Optional<DkimSignature> parse(RawHeader.Field field) {
    return parse(field, false);
  }

  /** Reads an ARC-Message-Signature, which has an instance in place of a version and a user. */
  static Optional<DkimSignature> parseArc(RawHeader.Field field) {
    return parse(field, true);
  }

  private static Optional<DkimSignature> parse(RawHeader.Field field, boolean arc) {
    if (field.text().length() > MAX_LENGTH) {
      return Optional.empty();
    }
    TagList tags = TagList.parse(field.value()).orElse(null);
    if (tags == null || !arc && !tags.word("v", "").equals("1")) {
      return Optional.empty();
    }
    String algorithm =
        switch (tags.word("a", "")) {
          case "rsa-sha256" -> "rsa";
          case "ed25519-sha256" -> "ed25519";
          default -> "";
        };
    String domain = tags.word("d", "");
    String selector = tags.word("s", "");
    String user = arc ? "@" + domain : tags.word("i", "@" + domain);
    String userDomain = user.substring(user.lastIndexOf('@') + 1);
    String[] forms = tags.word("c", "simple/simple").split("/", 2);
    List<String> signed =
        Arrays.asList(tags.word("h", "").toLowerCase(Locale.ROOT).split(":", MAX_SIGNED_FIELDS));
    boolean valid =
        !algorithm.isEmpty()
            && DOMAIN.matcher(domain).matches()
            && DOMAIN.matcher(selector).matches()
            && keyName(selector, domain).length() <= MAX_NAME
            && (userDomain.equals(domain) || userDomain.endsWith("." + domain))
            && isForm(forms[0])
            && (forms.length == 1 || isForm(forms[1]))
            && signed.contains("from")
            && signed.size() < MAX_SIGNED_FIELDS
            && Arrays.asList(tags.word("q", "dns/txt").split(":", 10)).contains("dns/txt")
            && isTime(tags.get("x"))
            && isTime(tags.get("t"));
    if (!valid) {
      return Optional.empty();
    }
    String expires = tags.get("x");
    return Optional.of(
        new DkimSignature(
            field,
            algorithm,
            domain,
            selector,
            userDomain,
            signed,
            forms[0].equals("relaxed"),
            forms.length == 2 && forms[1].equals("relaxed"),
            tags.get("l") != null,
            expires == null ? null : Instant.ofEpochSecond(Long.parseLong(expires)),
            tags.compact("bh", ""),
            tags.compact("b", "")));
  }

  private static boolean isForm(String word) {
    return word.equals("simple") || word.equals("relaxed");
  }

  private static boolean isTime(@Nullable String value) {
    return value == null || value.matches("\\d{1,12}");
  }

  /** Where its key is published. */
  String keyName() {
    return keyName(selector, domain);
  }

  private static String keyName(String selector, String domain) {
    return selector + "._domainkey." + domain;
  }

  /** The field with an empty signature, as it was signed: without its line end. */
  String unsignedField() {
    return withoutValue(field, relaxedHeader);
  }

  /** A field whose tag b is empty, without its line end. */
  static String withoutValue(RawHeader.Field field, boolean relaxed) {
    int colon = field.text().indexOf(':');
    String value = OWN_VALUE.matcher(field.value()).replaceFirst("$1");
    // What was replaced may have held the line end.
    String text = field.text().substring(0, colon + 1) + value;
    RawHeader.Field emptied =
        new RawHeader.Field(field.name(), text.endsWith("\r\n") ? text : text + "\r\n");
    return emptied.canonical(relaxed);
  }
}
