package org.byoemail.format.authentication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.byoemail.support.DkimSigner.Options.USUAL;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.byoemail.format.authentication.SenderVerdict.Fact;
import org.byoemail.format.authentication.SenderVerdict.Kind;
import org.byoemail.format.authentication.SenderVerdict.Source;
import org.byoemail.format.mime.MailParser;
import org.byoemail.support.DkimSigner;
import org.byoemail.support.DkimSigner.Options;
import org.byoemail.support.RequiresPrograms;
import org.byoemail.support.Rfc8463;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Verdicts on mail that another implementation signed, and on what forgers make of it. */
@RequiresPrograms(DkimSigner.PROGRAM)
class SenderCheckTest {
  private static final Instant RECEIVED = Instant.parse("2026-11-30T10:00:00Z");
  private static final ServerRule SERVER = ServerRule.of("mx.test");
  private static final String MAIL =
      """
      From: Ann Other <ann@contact.test>
      To: agent@example.test
      Subject: The   order
       of\tMonday
      Date: Mon, 30 Nov 2026 09:59:00 +0000
      Message-ID: <1@contact.test>
      MIME-Version: 1.0
      Content-Type: text/plain; charset=utf-8

      Pay 100 EUR  to Ben.\t
        It is due.

      Ann


      """
          .replace("\n", "\r\n");

  private static DkimSigner signer;

  private final Map<String, List<String>> zone = new HashMap<>();
  private final List<String> asked = new ArrayList<>();
  private boolean away;

  @BeforeAll
  static void start() {
    signer = new DkimSigner();
  }

  @AfterAll
  static void stop() {
    signer.close();
  }

  @ParameterizedTest
  @CsvSource({
    "relaxed/relaxed, 2048",
    "relaxed/simple, 2048",
    "simple/relaxed, 1024",
    "simple/simple, 4096",
    "relaxed/relaxed, 0",
    "simple/simple, 0"
  })
  void signatureOfAnotherImplementationProvesItsDomain(String form, int bits) {
    String signed = signed("contact.test", USUAL.with(form).withBits(bits));

    SenderVerdict verdict = judge(signed, null);

    assertThat(verdict.kind()).isEqualTo(Kind.AUTHENTIC);
    assertThat(verdict.source()).isEqualTo(Source.DKIM);
    assertThat(verdict.facts()).contains(new Fact("dkim", "contact.test: pass"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\r\n",
        "\r\n\r\n\r\n",
        "one line without an end",
        " leading and trailing \t\r\n",
        "\t\r\n \r\ntext\r\n \r\n",
        "a\rb\r\n",
        "é in UTF-8\r\n"
      })
  void bodiesAreReadAsAnotherImplementationReadsThem(String body) {
    String mail = MAIL.substring(0, MAIL.indexOf("\r\n\r\n") + 4) + utf8(body);
    for (String form : List.of("relaxed/relaxed", "simple/simple")) {
      publish("contact.test", USUAL);

      SenderVerdict verdict = judge(signer.sign(mail, "contact.test", USUAL.with(form)), null);

      assertThat(verdict.facts()).as(form).contains(new Fact("dkim", "contact.test: pass"));
    }
  }

  @Test
  void samplesOfRfc8463Pass() {
    Rfc8463.KEYS.forEach((name, record) -> zone.put(name, List.of(record)));
    String mail = Rfc8463.MAIL.replace("\n", "\r\n");

    SenderVerdict first = judge(mail, null);
    zone.remove(Rfc8463.ED25519);
    SenderVerdict second = judge(mail, null);

    assertThat(first.source()).isEqualTo(Source.DKIM);
    assertThat(second.source()).isEqualTo(Source.DKIM);
    assertThat(second.facts())
        .contains(
            new Fact("dkim", "football.example.com: no-key, its domain publishes no such key"),
            new Fact("dkim", "football.example.com: pass"));
  }

  @Test
  void mailIsNotBelievedOnceItWasChanged() {
    String signed = signed("contact.test", USUAL);

    assertUnproven(signed.replace("Ben", "Bob"), "the body was changed");
    assertUnproven(signed.replace("order", "orders"), "signed header fields were changed");
    assertUnproven(signed.replace("ann@contact", "eve@contact"), "header fields were changed");
    assertUnproven("Subject: Pay Bob\r\n" + signed, "does not cover subject");
    assertUnproven("Content-Type: text/html\r\n" + signed, "does not cover content-type");
    assertUnproven("Reply-To: eve@evil.test\r\n" + signed, "does not cover reply-to");
    assertUnproven("From: eve@evil.test\r\n" + signed, "exactly one author");
    assertUnproven(signed + "One more line.\r\n", "the body was changed");
    assertUnproven("no field\r\n" + signed, "the header is malformed");
    assertUnproven("X-A: b\rSubject: Pay Bob\r\n" + signed, "the header is malformed");
    assertUnproven("X-A: b\r\n \r\n" + signed, "the header is malformed");
  }

  @Test
  void changedFieldsAreNotBelievedWhereTheServerSaysThatTheSignaturePassed() {
    String word = "Authentication-Results: mx.test; dmarc=pass header.from=contact.test\r\n";
    String signed = signed("contact.test", USUAL);

    assertThat(judge(word + signed.replace("Ben", "Bob"), SERVER).source())
        .isEqualTo(Source.SERVER);
    assertThat(judge(word + "Subject: Pay Bob\r\n" + signed, SERVER).kind())
        .isEqualTo(Kind.UNPROVEN);
    assertThat(judge(word + "Reply-To: eve@evil.test\r\n" + signed, SERVER).kind())
        .isEqualTo(Kind.UNPROVEN);
    assertThat(judge(word + signed("contact.test", USUAL.withLimit()) + "More.\r\n", SERVER).kind())
        .isEqualTo(Kind.UNPROVEN);
  }

  @Test
  void appendedTextIsNotBelievedBehindALengthLimit() {
    String signed = signed("contact.test", USUAL.withLimit()) + "Pay Bob.\r\n";

    assertUnproven(signed, "it covers the beginning of the body only");
  }

  @Test
  void keysThatAnybodyMayBreakOrThatTestProveNothing() {
    assertUnproven(signed("contact.test", USUAL.withBits(768)), "fewer than 1,024 bits");
    zone.put(
        "s1._domainkey.contact.test",
        List.of(signer.record(USUAL).replace("v=DKIM1;", "v=DKIM1; t=y;")));
    assertUnproven(signer.sign(MAIL, "contact.test", USUAL), "its key is a test key");
    zone.put("s1._domainkey.contact.test", List.of("v=DKIM1; p="));
    assertUnproven(signer.sign(MAIL, "contact.test", USUAL), "publishes no such key");
    zone.remove("s1._domainkey.contact.test");
    assertUnproven(signer.sign(MAIL, "contact.test", USUAL), "publishes no such key");
    zone.put("s1._domainkey.contact.test", List.of("v=DKIM1; p=AAAA", "\0\1garbage;;=", "="));
    assertUnproven(signer.sign(MAIL, "contact.test", USUAL), "publishes no such key");
  }

  @Test
  void expiryIsJudgedByWhenTheMailArrived() throws GeneralSecurityException {
    SenderVerdict valid = judge(signedUntil(RECEIVED.plusSeconds(1)), null);

    assertThat(valid.facts()).containsExactly(new Fact("dkim", "contact.test: pass"));
    assertUnproven(signedUntil(RECEIVED.minusSeconds(1)), "it had expired when the mail arrived");
  }

  /** Signed by hand: dkimpy knows no x=. */
  private String signedUntil(Instant expires) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair keys = generator.generateKeyPair();
    Base64.Encoder base64 = Base64.getEncoder();
    zone.put(
        "s1._domainkey.contact.test",
        List.of("p=" + base64.encodeToString(keys.getPublic().getEncoded())));
    String from = "From: ann@contact.test\r\n";
    String subject = "Subject: Hi\r\n";
    String body = "Text.\r\n";
    byte[] hash =
        MessageDigest.getInstance("SHA-256").digest(body.getBytes(StandardCharsets.US_ASCII));
    String field =
        "DKIM-Signature: v=1; a=rsa-sha256; c=simple; d=contact.test; s=s1; h=From:Subject; x="
            + expires.getEpochSecond()
            + "; bh="
            + base64.encodeToString(hash)
            + "; b=";
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(keys.getPrivate());
    signature.update((from + subject + field).getBytes(StandardCharsets.US_ASCII));
    return field
        + base64.encodeToString(signature.sign())
        + "\r\n"
        + from
        + subject
        + "\r\n"
        + body;
  }

  @Test
  void signatureOfAnotherDomainProvesNothing() {
    SenderVerdict verdict = judge(signed("evil.test", USUAL), null);

    assertThat(verdict.kind()).isEqualTo(Kind.UNPROVEN);
    assertThat(verdict.proofs().signers()).containsExactly("evil.test");
    // No query for a domain that shares nothing with the author's.
    assertThat(asked).containsExactly("s1._domainkey.evil.test");
  }

  @ParameterizedTest
  @CsvSource({
    // Signer, author's zone, whether it proves the author at contact.test.
    "mail.contact.test, _dmarc.contact.test=v=DMARC1; p=none, AUTHENTIC",
    "mail.contact.test, _dmarc.contact.test=v=DMARC1; p=none; adkim=s, UNPROVEN",
    "mail.contact.test, _dmarc.mail.contact.test=v=DMARC1; p=none; psd=n, UNPROVEN",
    "mail.contact.test, _dmarc.contact.test=v=DMARC1; p=none; psd=y, UNPROVEN",
    "mail.contact.test, none=, UNPROVEN",
    "test, _dmarc.test=v=DMARC1; p=none, UNPROVEN",
    "a.b.c.d.e.f.g.h.i.contact.test, _dmarc.contact.test=v=DMARC1; p=none, AUTHENTIC"
  })
  void alignmentFollowsTheTreeWalk(String signer, String record, Kind expected) {
    zone.put(
        record.substring(0, record.indexOf('=')),
        List.of(record.substring(record.indexOf('=') + 1)));

    SenderVerdict verdict = judge(signed(signer, USUAL), null);

    assertThat(verdict.kind()).isEqualTo(expected);
    assertThat(asked.size()).isLessThanOrEqualTo(18);
  }

  @Test
  void dnsFailureIsNoVerdict() {
    String signed = signed("contact.test", USUAL);
    away = true;

    assertThat(judge(signed, null).kind()).isEqualTo(Kind.UNDECIDED);
    // What DNS cannot change is decided.
    assertThat(judge(signed.replace("Ben", "Bob"), null).kind()).isEqualTo(Kind.UNPROVEN);
    assertThat(judge(MAIL, null).kind()).isEqualTo(Kind.UNPROVEN);
  }

  @Test
  void oneOfSeveralSignaturesIsEnough() {
    publish("list.test", USUAL);
    String signed = signer.sign(signed("contact.test", USUAL), "list.test", USUAL);
    String forwarded = signer.sign(signed.replace("Ben", "Bob"), "list.test", USUAL);

    assertThat(judge(signed, null).source()).isEqualTo(Source.DKIM);
    SenderVerdict verdict = judge(forwarded, null);
    assertThat(verdict.kind()).isEqualTo(Kind.UNPROVEN);
    assertThat(verdict.proofs().signers()).containsExactly("list.test");
  }

  @Test
  void addedReplyToOfTheSameDomainIsNotBelieved() {
    String signed = signed("contact.test", USUAL);

    assertThat(judge("Reply-To: Ann <ann@contact.test>\r\n" + signed, null).kind())
        .isEqualTo(Kind.AUTHENTIC);
    SenderVerdict other = judge("Reply-To: eve@contact.test\r\n" + signed, null);
    assertThat(other.kind()).isEqualTo(Kind.UNPROVEN);
    assertThat(other.facts()).contains(new Fact("reply-to", "answers go to eve@contact.test"));
  }

  @Test
  void signatureWhoseKeyCannotHaveAnyNameIsPassedOver() {
    String label = "a".repeat(60);
    String signed = signed("contact.test", USUAL);
    String long253 = String.join(".", label, label, label, label);

    assertThat(judge(signed.replace("s=s1", "s=" + long253), null).reason())
        .contains("nobody signed it");
    assertThat(asked).noneMatch(name -> name.length() > 253);
  }

  @Test
  void signatureInThousandsOfLinesIsRead() {
    String signed = signed("contact.test", USUAL);
    String folded = signed.replaceFirst(";\\s+b=", "; b=" + "\r\n A".repeat(10_000));

    assertUnproven(folded, "signed header fields were changed");
  }

  @Test
  void typeThatNobodySignedIsNotBelieved() {
    String signed =
        signer.sign(MAIL.replaceAll("(?m)^(MIME|Content)-.*\r\n", ""), "contact.test", USUAL);
    publish("contact.test", USUAL);

    assertThat(judge(signed, null).kind()).isEqualTo(Kind.AUTHENTIC);
    assertUnproven("Content-Type: text/html\r\n" + signed, "does not cover content-type");
  }

  private static final String TWO_PARTS =
      MAIL.substring(0, MAIL.indexOf("Content-Type"))
          + """
          Content-Type: multipart/mixed; boundary="outer"

          --outer
          Content-Type: multipart/alternative; boundary="inner"

          --inner
          Content-Type: text/plain

          Do not pay.
          --inner
          Content-Type: text/html

          <p>Do not pay.</p>
          --inner--

          --outer
          Content-Type: text/plain

          Seriously.
          --outer--
          """
              .replace("\n", "\r\n");

  /** As Gmail signs: MIME-Version, but not Content-Type. */
  private String signedWithoutType(String mail) {
    Options options = USUAL.over("from", "to", "subject", "date", "message-id", "mime-version");
    publish("contact.test", options);
    return signer.sign(mail, "contact.test", options);
  }

  @Test
  void typeThatIsNotSignedIsBelievedIfTheBodyIsOfIt() {
    String html = MAIL.replace("text/plain", "text/html").replace("Pay 100", "<p>Pay 100");
    String preamble = TWO_PARTS.replaceFirst("\r\n\r\n", "\r\n\r\nThis is multipart.\r\n\r\n");
    for (String mail :
        List.of(
            MAIL,
            MAIL.replaceAll("Content-Type.*\r\n", ""),
            MAIL.replace("text/plain", "text/html"),
            MAIL.replace("Pay 100", "<p>Pay 100</p>"),
            TWO_PARTS,
            TWO_PARTS.replace("--outer--\r\n", ""),
            preamble,
            html)) {
      assertThat(judge(signedWithoutType(mail), null).kind()).isEqualTo(Kind.AUTHENTIC);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Type: multipart/mixed; boundary=\"inner\"",
        "Content-Type: multipart/mixed; boundary=\"none\"",
        "Content-Type: multipart/mixed",
        "Content-Type: text/plain",
        "Content-Type: text/html",
        "X-Type: text/plain"
      })
  void typeThatWasChangedIsNotBelieved(String type) {
    String signed = signedWithoutType(TWO_PARTS);

    assertUnproven(
        signed.replaceFirst("Content-Type: multipart/mixed; boundary=\"outer\"", type),
        "does not cover content-type");
  }

  /** Each subtype shows other parts, of a body that has the delimiters of all. */
  @ParameterizedTest
  @ValueSource(strings = {"alternative", "related", "digest"})
  void mixedBodyThatWasMadeOneOfASingleShownPartIsNotBelieved(String subtype) {
    String mixed = parts("mixed", "Do not pay.", "<p>Pay 100 to the account below, please.</p>");
    assertThat(judge(signedWithoutType(mixed), null).kind()).isEqualTo(Kind.AUTHENTIC);

    assertUnproven(
        signedWithoutType(mixed).replaceFirst("multipart/mixed", "multipart/" + subtype),
        "does not cover content-type");
  }

  @Test
  void alternativeWhosePartsSayTheSameIsBelieved() {
    String words = "Please pay 100 to the account that you know.";

    for (String html : List.of("<p>" + words + "</p>", "<div><b>Please</b>" + words.substring(6))) {
      assertThat(judge(signedWithoutType(parts("alternative", words, html)), null).kind())
          .isEqualTo(Kind.AUTHENTIC);
    }
  }

  private static String parts(String subtype, String plain, String html) {
    return MAIL.substring(0, MAIL.indexOf("Content-Type"))
        + """
        Content-Type: multipart/%s; boundary="outer"

        --outer
        Content-Type: text/plain

        %s
        --outer
        Content-Type: text/html

        %s
        --outer--
        """
            .formatted(subtype, plain, html)
            .replace("\n", "\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<p>Pay <!-- not --> 100",
        "<p>Pay <span style='display:none'>not</span> 100",
        "<html><title>Pay</title> 100",
        "<div>&#80;ay 100"
      })
  void htmlThatWasMadeTextIsNotBelieved(String start) {
    String html = MAIL.replace("text/plain", "text/html").replace("Pay 100", start + "<b>!</b>");

    assertUnproven(
        signedWithoutType(html).replace("text/html", "text/plain"), "does not cover content-type");
  }

  @Test
  void textThatWasMadePartsIsNotBelieved() {
    String text = MAIL.replace("Pay 100", "Do not pay.\r\n-----Original-----\r\nPay 100");

    assertUnproven(
        signedWithoutType(text)
            .replaceFirst(
                "Content-Type: text/plain.*",
                "Content-Type: multipart/mixed; boundary=\"---Original-----\""),
        "does not cover content-type");
  }

  @Test
  void noMoreThanTenSignaturesAreLookedAt() {
    publish("evil.test", USUAL);
    String signed = signed("contact.test", USUAL);
    for (int i = 0; i < 30; i++) {
      signed = signer.sign(signed, "evil.test", USUAL);
    }

    SenderVerdict verdict = judge(signed, null);

    assertThat(verdict.kind()).isEqualTo(Kind.UNPROVEN);
    assertThat(asked).hasSize(10);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mx.test; dmarc=pass header.from=contact.test | AUTHENTIC",
        "mx.test; dmarc=bestguesspass action=none header.from=contact.test | AUTHENTIC",
        "mx.test; spf=pass smtp.mailfrom=bounces@contact.test | AUTHENTIC",
        "mx.test; dkim=pass header.d=contact.test | AUTHENTIC",
        "mx.test; dmarc=pass header.from=evil.test | UNPROVEN",
        "mx.test; dmarc=pass | UNPROVEN",
        "mx.test; spf=pass smtp.mailfrom=evil.test | UNPROVEN",
        "mx.test; dkim=pass header.d=evil.test | UNPROVEN",
        "evil.test; dmarc=pass header.from=contact.test | UNPROVEN",
        "mx.test.evil.test; dmarc=pass header.from=contact.test | UNPROVEN",
        "mx.test; dmarc=pass header.from=contact.test (open | UNPROVEN",
        "mx.test; dmarc=fail (p=REJECT sp=NONE dis=NONE) header.from=contact.test | FORGED",
        "mx.test; dmarc=fail action=oreject header.from=contact.test | FORGED",
        "mx.test; dmarc=fail header.from=contact.test (policy=quarantine) | FORGED",
        "mx.test; dmarc=fail (p=NONE sp=NONE) header.from=contact.test | UNPROVEN",
        "mx.test; dmarc=fail header.from=contact.test | FORGED",
        "mx.test; spf=pass smtp.mailfrom=contact.test; dmarc=fail (p=reject) | FORGED",
        "mx.test; auth=pass smtp.auth=ann@contact.test | UNPROVEN"
      })
  void trustedServersWordCounts(String field, Kind expected) {
    zone.put("_dmarc.contact.test", List.of("v=DMARC1; p=reject"));

    SenderVerdict verdict = judge("Authentication-Results: " + field + "\r\n" + MAIL, SERVER);

    assertThat(verdict.kind()).isEqualTo(expected);
  }

  @Test
  void serversWordCountsOnlyWhereItStandsOnTop() {
    String ours = "Authentication-Results: mx.test; dmarc=fail (p=reject)\r\n";
    String theirs = "Authentication-Results: mx.test; dmarc=pass header.from=contact.test\r\n";
    String received = "Received: from evil.test by mx.test with ESMTP; today\r\n";
    String earlier = "Received: from pc by evil.test; yesterday\r\n";
    ServerRule above = new ServerRule(List.of("mx.test"), List.of("mx.test"), false, false);
    ServerRule topmost = new ServerRule(List.of(), List.of(), true, false);

    assertThat(judge(ours + theirs + MAIL, SERVER).kind()).isEqualTo(Kind.FORGED);
    assertThat(judge(received + earlier + theirs + MAIL, above).kind()).isEqualTo(Kind.UNPROVEN);
    assertThat(judge(received + theirs + earlier + MAIL, above).kind()).isEqualTo(Kind.AUTHENTIC);
    String none = "Authentication-Results: mx.test; spf=none smtp.mailfrom=contact.test\r\n";
    String forged = "Authentication-Results: mx.test; spf=pass smtp.mailfrom=contact.test\r\n";
    assertThat(judge(received + none + forged + MAIL, above).kind()).isEqualTo(Kind.UNPROVEN);
    assertThat(judge(ours.replace("mx.test; ", "") + theirs + MAIL, topmost).kind())
        .isEqualTo(Kind.FORGED);
    assertThat(judge(theirs.replace("mx.test; ", "") + MAIL, topmost).kind())
        .isEqualTo(Kind.AUTHENTIC);
  }

  @Test
  void subdomainOfAnIdIsAnotherServerUnlessAProviderHasThem() {
    String sub = "Authentication-Results: a.mx.test; dmarc=pass header.from=contact.test\r\n";
    ServerRule provider = new ServerRule(List.of("mx.test"), List.of(), false, false);

    assertThat(judge(sub + MAIL, SERVER).kind()).isEqualTo(Kind.UNPROVEN);
    assertThat(judge(sub + MAIL, provider).kind()).isEqualTo(Kind.AUTHENTIC);
  }

  @Test
  void colleagueWritesFromInside() {
    ServerRule microsoft = new ServerRule(List.of(), List.of(), true, true);
    String inside = "X-MS-Exchange-Organization-AuthAs: Internal\r\n" + MAIL;

    assertThat(judge(inside, microsoft, true).source()).isEqualTo(Source.INSIDE);
    assertThat(judge(inside, microsoft, false).kind()).isEqualTo(Kind.UNPROVEN);
    assertThat(judge(inside, SERVER, true).kind()).isEqualTo(Kind.UNPROVEN);
    assertThat(
            judge("X-MS-Exchange-Organization-AuthAs: Anonymous\r\n" + inside, microsoft, true)
                .kind())
        .isEqualTo(Kind.UNPROVEN);
    String signedIn =
        "Authentication-Results: mx.test; auth=pass smtp.auth=ann@contact.test\r\n" + MAIL;
    assertThat(judge(signedIn, SERVER, true).source()).isEqualTo(Source.INSIDE);
    assertThat(judge(signedIn.replace("auth=ann", "auth=eve"), SERVER, true).kind())
        .isEqualTo(Kind.UNPROVEN);
  }

  @Test
  void listAndForwarderAreFactsBesideTheVerdict() {
    String mail =
        "Return-Path: <SRS0=abc=xy=contact.test=ann@forward.test>\r\nList-Id: Talk <talk.list.test>\r\n"
            + MAIL;

    assertThat(judge(mail, null).facts())
        .contains(new Fact("list", "talk.list.test"), new Fact("forwarded", "forward.test"));
  }

  private String signed(String domain, Options options) {
    publish(domain, options);
    return signer.sign(MAIL, domain, options);
  }

  private void publish(String domain, Options options) {
    zone.put("s1._domainkey." + domain, List.of(signer.record(options)));
  }

  private void assertUnproven(String mail, String reason) {
    SenderVerdict verdict = judge(mail, null);
    assertThat(verdict.kind()).as(verdict.reason()).isEqualTo(Kind.UNPROVEN);
    assertThat(verdict.reason()).contains(reason);
  }

  private SenderVerdict judge(String mail, @Nullable ServerRule rule) {
    return judge(mail, rule, false);
  }

  private SenderVerdict judge(String mail, @Nullable ServerRule rule, boolean ownDomain) {
    byte[] raw = mail.getBytes(StandardCharsets.ISO_8859_1);
    try {
      return SenderCheck.of(
          new MailParser().parse(raw),
          new ByteArrayInputStream(raw),
          rule,
          ownDomain,
          RECEIVED,
          name -> {
            asked.add(name);
            if (away) {
              throw new TxtRecords.Unavailable("away");
            }
            return zone.getOrDefault(name, List.of());
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String utf8(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}
