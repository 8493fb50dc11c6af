package org.byoemail.format.authentication;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.format.authentication.AuthenticationField.Result;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mime.MailHeaders;
import org.byoemail.format.mime.ParsedMail;

/**
 * The Authenticated Received Chain of a mail (RFC 8617): what forwarders and lists that are trusted
 * by name found before they changed it. A chain with a sealer that is not trusted says nothing,
 * since that one may have made up what stands before it. Stateless.
 */
public final class ArcChain {
  /** RFC 8617 allows 50; each costs a query. */
  private static final int MAX_SETS = 10;

  private static final Pattern INSTANCE =
      Pattern.compile("^[ \\t\\r\\n]*i[ \\t]*=[ \\t]*([1-9][0-9]?)[ \\t\\r\\n]*;");

  private final RawHeader header;
  private final Map<Integer, RawHeader.Field> results = new TreeMap<>();
  private final Map<Integer, RawHeader.Field> messages = new TreeMap<>();
  private final Map<Integer, RawHeader.Field> seals = new TreeMap<>();
  private boolean broken;

  private ArcChain(RawHeader header) {
    this.header = header;
    for (RawHeader.Field field : header.fields()) {
      switch (field.name()) {
        case "arc-authentication-results" -> add(results, field);
        case "arc-message-signature" -> add(messages, field);
        case "arc-seal" -> add(seals, field);
        default -> {}
      }
    }
    int sets = seals.size();
    broken |=
        header.isMalformed()
            || sets == 0
            || sets > MAX_SETS
            || !results.keySet().equals(seals.keySet())
            || !messages.keySet().equals(seals.keySet())
            || !seals.containsKey(1)
            || !seals.containsKey(sets);
  }

  private void add(Map<Integer, RawHeader.Field> fields, RawHeader.Field field) {
    Matcher tag = INSTANCE.matcher(field.value());
    String instance =
        fields == results
            ? tag.find() ? tag.group(1) : ""
            : TagList.parse(field.value()).map(tags -> tags.word("i", "")).orElse("");
    broken |=
        !instance.matches("[1-9][0-9]?")
            || fields.size() > MAX_SETS
            || fields.put(Integer.valueOf(instance), field) != null;
  }

  /**
   * Finds the sealer by whose word the author of a mail was authentic when it arrived there.
   *
   * @param raw the mail; it stays open
   * @param sealers domains that are trusted to seal, in lower case
   * @param received when the mail arrived, INTERNALDATE
   * @return its domain; empty unless the chain passes and all of its sealers are trusted
   * @throws IOException if the stream fails
   */
  public static Optional<String> authenticatedBy(
      InputStream raw, ParsedMail mail, Set<String> sealers, Instant received, TxtRecords texts)
      throws IOException {
    BufferedInputStream in = new BufferedInputStream(raw);
    ArcChain chain = new ArcChain(RawHeader.read(in));
    if (chain.broken || !chain.areTrusted(sealers)) {
      return Optional.empty();
    }
    boolean passes =
        chain.vouchesFor(mail.headers())
            && chain.coversMessage(in, mail, received, texts)
            && chain.isSealed(texts);
    return passes
        ? TagList.parse(chain.seal(1).value()).map(t -> t.word("d", ""))
        : Optional.empty();
  }

  private RawHeader.Field seal(int instance) {
    return field(seals, instance);
  }

  private static RawHeader.Field field(Map<Integer, RawHeader.Field> fields, int instance) {
    return Optional.ofNullable(fields.get(instance)).orElseThrow();
  }

  private boolean areTrusted(Set<String> sealers) {
    return seals.entrySet().stream()
        .allMatch(
            one ->
                TagList.parse(one.getValue().value())
                    .filter(tags -> sealers.contains(tags.word("d", "")))
                    .filter(tags -> tags.word("cv", "").equals(one.getKey() == 1 ? "none" : "pass"))
                    .isPresent());
  }

  /** Whether the first sealer found that the author is who it says. */
  private boolean vouchesFor(MailHeaders headers) {
    String author = headers.from().map(NamedAddress::address).map(EmailAddress::domain).orElse("");
    String said = INSTANCE.matcher(field(results, 1).value()).replaceFirst("");
    AuthenticationField found = AuthenticationField.parse(said);
    boolean failed =
        found.results().stream()
            .anyMatch(one -> one.method().equals("dmarc") && one.result().equals("fail"));
    return !author.isEmpty()
        && headers.all("From").size() == 1
        && headers.addresses("From").size() == 1
        && !found.isMalformed()
        && !failed
        && found.results().stream().anyMatch(one -> isPass(one, author));
  }

  private static boolean isPass(Result one, String author) {
    return one.result().equals("pass")
        && (one.method().equals("dmarc") && one.property("header.from").equalsIgnoreCase(author)
            || one.method().equals("dkim") && one.property("header.d").equalsIgnoreCase(author));
  }

  /** The newest ARC-Message-Signature is verified as a DKIM signature is, and covers as much. */
  private boolean coversMessage(
      InputStream body, ParsedMail mail, Instant received, TxtRecords texts) throws IOException {
    DkimSignature signature =
        DkimSignature.parseArc(field(messages, messages.size()))
            .filter(one -> !one.signedFields().contains("arc-seal"))
            .orElse(null);
    return signature != null
        && DkimVerifier.verifyOne(signature, header, body, mail, received, texts);
  }

  private boolean isSealed(TxtRecords texts) {
    for (int instance = seals.size(); instance > 0; instance--) {
      if (!isSealed(instance, texts)) {
        return false;
      }
    }
    return true;
  }

  /** A seal covers all sets up to its own, in their order (RFC 8617 section 5.1.1). */
  private boolean isSealed(int instance, TxtRecords texts) {
    StringBuilder signed = new StringBuilder();
    for (int i = 1; i <= instance; i++) {
      signed.append(field(results, i).canonical(true)).append("\r\n");
      signed.append(field(messages, i).canonical(true)).append("\r\n");
      signed.append(
          i < instance
              ? seal(i).canonical(true) + "\r\n"
              : DkimSignature.withoutValue(seal(i), true));
    }
    TagList tags = TagList.parse(seal(instance).value()).orElseThrow();
    String algorithm =
        switch (tags.word("a", "")) {
          case "rsa-sha256" -> "rsa";
          case "ed25519-sha256" -> "ed25519";
          default -> "";
        };
    String name = tags.word("s", "") + "._domainkey." + tags.word("d", "");
    if (algorithm.isEmpty() || tags.get("h") != null) {
      return false;
    }
    try {
      byte[] made = Base64.getDecoder().decode(tags.compact("b", ""));
      List<String> records = texts.of(name);
      return records.stream()
          .flatMap(one -> DkimKey.parse(one, algorithm).stream())
          .findFirst()
          .filter(key -> key.doubt() == null)
          .filter(
              key -> key.verifies(signed.toString().getBytes(StandardCharsets.ISO_8859_1), made))
          .isPresent();
    } catch (TxtRecords.Unavailable | IllegalArgumentException e) {
      // Without the key, or with a signature that is no Base64, nothing is sealed.
      return false;
    }
  }
}
