package org.byoemail.format.authentication;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.byoemail.format.authentication.SenderVerdict.Fact;
import org.byoemail.format.authentication.SenderVerdict.Kind;
import org.byoemail.format.authentication.SenderVerdict.Proofs;
import org.byoemail.format.authentication.SenderVerdict.Source;
import org.byoemail.format.authentication.TxtRecords.Unavailable;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mime.MailHeaders;
import org.byoemail.format.mime.ParsedMail;
import org.jspecify.annotations.Nullable;

/**
 * Judges the sender of one mail. A pass proves; a signature that fails proves nothing, since
 * servers and gateways repack mail: Exchange Online gives other bytes over IMAP than arrived.
 *
 * <p>What passed must cover what is read: a mail with two authors, or with a field added above the
 * signed one, is unproven although its signature verifies.
 */
public final class SenderCheck {
  private static final int MAX_FACT = 200;
  private static final Pattern LIST_ID = Pattern.compile("<([^<>\\s]{1,250})>\\s*$");

  private final ParsedMail mail;
  private final MailHeaders headers;
  private final @Nullable ReceivingServerResults word;
  private final DmarcTree tree;
  private final TxtRecords texts;
  private final boolean ownDomain;
  private final List<Fact> facts = new ArrayList<>();
  private List<SignatureResult> signatures = List.of();
  private boolean dnsFailed;

  private SenderCheck(
      ParsedMail mail, @Nullable ReceivingServerResults word, TxtRecords texts, boolean ownDomain) {
    this.mail = mail;
    this.headers = mail.headers();
    this.word = word;
    this.texts = texts;
    this.tree = new DmarcTree(texts);
    this.ownDomain = ownDomain;
  }

  /**
   * Judges a mail.
   *
   * @param raw the bytes that were fetched; the stream stays open
   * @param rule how the receiving server writes; null if it is not known
   * @param ownDomain whether From is of the account's own domain, and that is no public provider's
   * @param received when the mail arrived, INTERNALDATE
   * @throws IOException if the stream fails
   */
  public static SenderVerdict of(
      ParsedMail mail,
      InputStream raw,
      @Nullable ServerRule rule,
      boolean ownDomain,
      Instant received,
      TxtRecords texts)
      throws IOException {
    ReceivingServerResults word =
        rule == null ? null : ReceivingServerResults.of(mail.headers(), rule);
    return new SenderCheck(mail, word, texts, ownDomain).judge(raw, received);
  }

  private SenderVerdict judge(InputStream raw, Instant received) throws IOException {
    String author = headers.from().map(NamedAddress::address).map(EmailAddress::domain).orElse("");
    signatures =
        DkimVerifier.verify(raw, mail, received, texts, one -> isAligned(author, one, "adkim"));
    signatures.forEach(this::describe);
    if (word != null && word.isThere()) {
      facts.add(new Fact("server", word.summary()));
    }
    addFactsOfHeader(author);
    if (!hasOneAuthor()) {
      return verdict(Kind.UNPROVEN, null, "it does not name exactly one author");
    }
    SenderVerdict proven = proven(author);
    if (proven != null) {
      return proven;
    }
    if (word != null && word.dmarcFailed() && isEnforced(author)) {
      return verdict(
          Kind.FORGED,
          Source.SERVER,
          "the receiving server says dmarc=fail, and "
              + author
              + " asks to quarantine or reject such mail");
    }
    boolean undecided =
        dnsFailed || signatures.stream().anyMatch(s -> s.state() == SignatureResult.State.DNS);
    if (undecided) {
      facts.add(new Fact("dns", "no answer"));
      return verdict(Kind.UNDECIDED, null, "DNS did not answer");
    }
    return verdict(Kind.UNPROVEN, null, unproven());
  }

  private @Nullable SenderVerdict proven(String author) {
    for (SignatureResult one : signatures) {
      if (one.passes() && one.uncovered().isEmpty() && isAligned(author, one.domain(), "adkim")) {
        return verdict(Kind.AUTHENTIC, Source.DKIM, "it is signed by " + one.domain());
      }
    }
    if (word == null) {
      return null;
    }
    String envelope = word.spfDomain();
    if (!word.dmarcFailed() && !envelope.isEmpty() && isAligned(author, envelope, "aspf")) {
      return verdict(
          Kind.AUTHENTIC, Source.SERVER, "the receiving server says spf=pass for " + envelope);
    }
    if (word.dmarcPassed() && isCovered(author)) {
      return verdict(
          Kind.AUTHENTIC, Source.SERVER, "the receiving server says dmarc=pass for " + author);
    }
    for (String signer : word.dkimDomains()) {
      if (!word.dmarcFailed() && isAligned(author, signer, "adkim") && isCovered(author)) {
        return verdict(
            Kind.AUTHENTIC, Source.SERVER, "the receiving server says dkim=pass for " + signer);
      }
    }
    if (ownDomain && word.isFromInside()) {
      return verdict(
          Kind.AUTHENTIC,
          Source.INSIDE,
          "the receiving server says that it was written inside " + author);
    }
    return null;
  }

  /**
   * Whether the server's pass is one for what is read. Unless the envelope proved it, a signature
   * did: that one has to cover what is read, whether it still verifies or not. A mail without any
   * signature passed by its envelope.
   */
  private boolean isCovered(String author) {
    List<SignatureResult> aligned =
        signatures.stream().filter(one -> isAligned(author, one.domain(), "adkim")).toList();
    return aligned.stream()
            .anyMatch(
                one -> one.uncovered().isEmpty() && one.state() != SignatureResult.State.DISTRUSTED)
        || aligned.isEmpty();
  }

  private boolean isAligned(String author, String domain, String strictTag) {
    try {
      return !author.isEmpty() && tree.isAligned(author, domain, strictTag);
    } catch (Unavailable e) {
      dnsFailed = true;
      return false;
    }
  }

  private boolean isEnforced(String author) {
    if (word != null && word.enforces().isPresent()) {
      return word.enforces().get();
    }
    try {
      return tree.isEnforced(author);
    } catch (Unavailable e) {
      dnsFailed = true;
      return false;
    }
  }

  private boolean hasOneAuthor() {
    List<String> fields = headers.all("From");
    return fields.size() == 1 && headers.addresses("From").size() == 1;
  }

  private String unproven() {
    for (SignatureResult one : signatures) {
      if (one.passes() && !one.uncovered().isEmpty()) {
        return "the signature of "
            + one.domain()
            + " does not cover "
            + String.join(", ", one.uncovered());
      }
    }
    for (SignatureResult one : signatures) {
      if (!one.passes() && !one.reason().isEmpty()) {
        return "the signature of " + one.domain() + " proves nothing: " + one.reason();
      }
    }
    return signatures.isEmpty()
        ? "nobody signed it, and no trusted server vouches for it"
        : "its signer is another domain than its author's";
  }

  private void describe(SignatureResult one) {
    StringBuilder text = new StringBuilder(one.domain()).append(": ").append(one.state().word());
    if (!one.reason().isEmpty()) {
      text.append(", ").append(one.reason());
    }
    if (!one.uncovered().isEmpty()) {
      text.append(", does not cover ").append(String.join(", ", one.uncovered()));
    }
    facts.add(fact("dkim", text.toString()));
  }

  private void addFactsOfHeader(String author) {
    if (!hasOneAuthor()) {
      facts.add(fact("from", headers.all("From").size() + " From fields"));
    }
    EmailAddress from = headers.from().map(NamedAddress::address).orElse(null);
    headers.replyTo().stream()
        .map(NamedAddress::address)
        .filter(address -> !address.equals(from))
        .findFirst()
        .ifPresent(address -> facts.add(fact("reply-to", "answers go to " + address)));
    String list = list();
    if (!list.isEmpty()) {
      facts.add(fact("list", list));
    }
    // Sender rewriting of forwarders.
    headers
        .returnPath()
        .filter(path -> path.localPart().toUpperCase(Locale.ROOT).matches("SRS[01][=+-].*"))
        .ifPresent(path -> facts.add(fact("forwarded", path.domain())));
  }

  private String list() {
    var id = LIST_ID.matcher(headers.first("List-Id").orElse("").strip());
    return id.find() ? id.group(1).toLowerCase(Locale.ROOT) : "";
  }

  private static Fact fact(String kind, String detail) {
    String clean = detail.replaceAll("\\p{Cntrl}", " ");
    return new Fact(kind, clean.substring(0, Math.min(MAX_FACT, clean.length())));
  }

  private SenderVerdict verdict(Kind kind, @Nullable Source source, String reason) {
    Predicate<SignatureResult> counts = one -> one.passes() && one.uncovered().isEmpty();
    List<String> signers =
        signatures.stream().filter(counts).map(SignatureResult::domain).distinct().toList();
    String envelope = word == null ? "" : word.spfDomain();
    return new SenderVerdict(
        kind,
        source,
        fact("", reason).detail(),
        facts,
        new Proofs(
            signers,
            envelope,
            list(),
            word != null && word.dmarcFailed(),
            mail.invitation().isPresent()));
  }
}
