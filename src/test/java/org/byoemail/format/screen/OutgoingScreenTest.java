package org.byoemail.format.screen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.HeaderField;
import org.byoemail.format.screen.OutgoingFinding.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutgoingScreenTest {
  private static final String GITHUB = "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";

  @Test
  void tokenCountsByItsChecksum() {
    assertThat(names(text("the token is " + GITHUB + "."))).containsExactly("github-token");
    assertThat(findings(text("the token is " + GITHUB.replace('z', 'y')))).isEmpty();
  }

  @Test
  void secretIsNeverInItsFinding() {
    OutgoingRules most = new OutgoingRules(List.of(), List.of(), List.of(), Set.of(), 4);

    OutgoingFinding masked = findings(text("a\nb " + GITHUB), OutgoingRules.NONE).get(0);
    OutgoingFinding shown = findings(text("a\nb " + GITHUB), most).get(0);

    assertThat(masked.place()).isEqualTo("text, line 2");
    assertThat(masked.evidence()).isEqualTo("40 characters");
    assertThat(shown.evidence()).isEqualTo("ghp_...Lq17 (40 characters)");
  }

  @Test
  void privateKeyCountsByItsBodyAndDocumentationDoesNot() {
    String body = OutgoingCorpus.base64(new Random(1), 300);
    String begin = "-----BEGIN OPENSSH PRIVATE KEY-----\n";

    assertThat(names(text(begin + body))).containsExactly("private-key");
    assertThat(findings(text(begin + "...\n-----END OPENSSH PRIVATE KEY-----"))).isEmpty();
    assertThat(findings(text("-----BEGIN PUBLIC KEY-----\n" + body))).isEmpty();
    assertThat(names(text("{\"kty\":\"EC\",\"d\":\"" + body.substring(0, 43) + "\"}")))
        .containsExactly("private-key");
  }

  @Test
  void keysWithChecksumsOfOtherFormsAreJudged() {
    // The test vectors of BIP 32 and of the age specification's form.
    String xprv =
        "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi";

    assertThat(Secrets.isExtended(xprv.substring(4))).isTrue();
    assertThat(Secrets.isExtended(xprv.substring(4).replace("9s", "9t"))).isFalse();
    assertThat(names(text("key: " + xprv))).containsExactly("extended-private-key");
  }

  @Test
  void passwordInUrlCountsAndItsPlaceholderDoesNot() {
    assertThat(names(text("postgres://app:kX9-fuR3q@db.example.net/app")))
        .containsExactly("password-in-url");
    assertThat(
            findings(
                text(
                    "postgres://app:password@db/app https://u:${TOKEN}@h/ ftp://a:***@b cvs://:pserver:anoncvs@c")))
        .isEmpty();
  }

  @Test
  void keysOfTheGatewayAreFoundInAnyForm() {
    byte[] seal = {1, 0x5a, 0x12, 0x7f, 0x33};
    byte[] sealed = new byte[60];
    new Random(7).nextBytes(sealed);
    System.arraycopy(seal, 0, sealed, 0, 5);
    OutgoingRules rules = new OutgoingRules(List.of(), List.of(), List.of(seal), Set.of(), 0);
    String hex = new java.math.BigInteger(1, sealed).toString(16);

    for (String form :
        List.of(Base64.getEncoder().encodeToString(sealed), "\\x0" + hex, "0" + hex)) {
      assertThat(findings(text("secret: " + form), rules))
          .extracting(OutgoingFinding::name)
          .containsExactly("byo-sealed-secret");
    }
    assertThat(names(text("byo_" + OutgoingCorpus.base62(new Random(3), 43))))
        .containsExactly("byo-api-key");
  }

  @Test
  void signedTokenCountsButNotInALink() {
    String jwt = OutgoingCorpus.jwt(new Random(4));

    assertThat(names(text("Authorization: Bearer " + jwt))).containsExactly("jwt");
    assertThat(findings(text("confirm: https://app.example.com/confirm?t=" + jwt))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"4539 1488 0343 6467", "4539148803436467", "4539-1488-0343-6467"})
  void cardNumberCountsHoweverItIsGrouped(String number) {
    assertThat(findings(text("please charge " + number + ".")))
        .extracting(OutgoingFinding::kind, OutgoingFinding::name)
        .containsExactly(org.assertj.core.groups.Tuple.tuple(Kind.CARD_NUMBER, "visa"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "order no. 4539148803436467",
        "https://shop.example/o/4539148803436467",
        "4539148803436468",
        "4111 1111 1111 1111",
        "0x4539148803436467"
      })
  void otherNumbersAreNoCards(String text) {
    assertThat(findings(text(text))).isEmpty();
  }

  @Test
  void bankNumbersCountByTheirCheckDigits() {
    assertThat(names(text("IBAN DE75 5121 0800 1245 1261 99"))).containsExactly("iban");
    assertThat(findings(text("IBAN DE75 5121 0800 1245 1261 98"))).isEmpty();
    assertThat(names(text("routing number 021000021"))).containsExactly("us-routing-number");
    assertThat(findings(text("call 021000021"))).isEmpty();
    assertThat(names(text("CLABE 032180000118359719"))).containsExactly("clabe");
    assertThat(names(text("Sort code 20-00-00, account number 55779911")))
        .containsExactly("uk-account-number");
  }

  @Test
  void exemptValueIsNoFinding() {
    OutgoingRules own =
        new OutgoingRules(
            List.of(),
            List.of(),
            List.of(),
            Set.of(OutgoingRules.normal("de75 5121 0800 1245 1261 99")),
            0);

    assertThat(findings(text("IBAN DE75512108001245126199"), own)).isEmpty();
  }

  @Test
  void exemptValuesHideNoOthers() {
    OutgoingRules own =
        new OutgoingRules(
            List.of(TextPattern.of("project", "PRJ-[0-9]{4}", false)),
            List.of(),
            List.of(),
            Set.of(
                OutgoingRules.normal("GB33BUKB20201555555555"),
                OutgoingRules.normal(GITHUB),
                OutgoingRules.normal("PRJ-0000")),
            0);
    String padding = ("GB33BUKB20201555555555 " + GITHUB + " ").repeat(300);
    String aws = "AKIA5E0A5F3B2QWERTY7".replace('0', '4');

    assertThat(findings(text(padding + "DE75512108001245126199 " + aws), own))
        .extracting(OutgoingFinding::kind)
        .contains(Kind.BANK_ACCOUNT, Kind.SECRET);
    assertThat(findings(text("PRJ-0000 ".repeat(5) + "PRJ-1234"), own))
        .extracting(OutgoingFinding::kind)
        .containsExactly(Kind.PATTERN);
    assertThat(findings(text("PRJ-0000 ".repeat(50) + "PRJ-1234"), own))
        .extracting(OutgoingFinding::kind)
        .containsExactly(Kind.PARTLY_READ);
  }

  @Test
  void nameOfAFileThatIsAFindingIsNotRepeated() {
    OutgoingMail mail =
        new OutgoingMail(
            "",
            "x",
            null,
            List.of(),
            List.of(
                file("a.txt", "text/plain", "a"),
                file("4539148803436467.txt", "text/plain", "key " + GITHUB)));

    assertThat(findings(mail))
        .extracting(OutgoingFinding::place)
        .containsExactly("name of an attachment", "attachment 2");
  }

  @Test
  void valueCountsOnceAndInEachPartOfTheMail() {
    OutgoingMail mail =
        new OutgoingMail(
            "about " + GITHUB,
            "it is " + GITHUB,
            "<p>"
                + GITHUB
                + "<!-- sk_live_"
                + OutgoingCorpus.base62(new Random(8), 24)
                + " --></p>",
            List.of(new HeaderField("X-Note", "AKIA2E0A8F3B2QWERTY7".replace('0', '5'))),
            List.of(
                file("env.txt", "text/plain", "KEY=npm_" + OutgoingCorpus.checked(new Random(9)))));

    // AWS writes its ids in base 32, which has no 8.
    assertThat(findings(mail))
        .extracting(OutgoingFinding::name, OutgoingFinding::place)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("github-token", "subject"),
            org.assertj.core.groups.Tuple.tuple("stripe-key", "html, source"),
            org.assertj.core.groups.Tuple.tuple("npm-token", "attachment env.txt"));
  }

  @Test
  void textWithInvisibleCharactersAndUtf16FilesAreRead() {
    byte[] utf16 = ("\uFEFFkey " + GITHUB).getBytes(StandardCharsets.UTF_16LE);
    OutgoingMail mail =
        new OutgoingMail(
            "",
            "card 4539 14\u200B88 0343 6467",
            null,
            List.of(),
            List.of(
                new OutgoingMail.File(
                    "a.txt", "text/plain", () -> new ByteArrayInputStream(utf16))));

    assertThat(names(mail)).containsExactly("visa", "github-token");
  }

  @Test
  void hiddenTextIsFoundAndPreheaderIsNot() {
    assertThat(findings(html("<p>Hello</p><div style='display:none'>the codes are these</div>")))
        .extracting(OutgoingFinding::kind, OutgoingFinding::name)
        .containsExactly(org.assertj.core.groups.Tuple.tuple(Kind.HIDDEN_TEXT, "display"));
    assertThat(findings(html("<div style='display:none'>Your week</div><p>Hello</p>"))).isEmpty();
    assertThat(findings(html("<p>Hello<!-- made by us --></p>"))).isEmpty();
  }

  @Test
  void fileThatIsNotWhatItClaimsIsFound() {
    byte[] zip = {'P', 'K', 3, 4, 0, 0, 0, 0, 0, 0};

    assertThat(findings(new OutgoingMail("", "x", null, List.of(), List.of(bytes("a.pdf", zip)))))
        .extracting(OutgoingFinding::kind, OutgoingFinding::evidence)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                Kind.TYPE_MISMATCH, "its name ends in pdf, its content is a zip archive"));
    assertThat(findings(new OutgoingMail("", "x", null, List.of(), List.of(bytes("a.docx", zip)))))
        .isEmpty();
  }

  @Test
  void ownWordsAndPatternsAreFound() {
    OutgoingRules rules =
        new OutgoingRules(
            List.of(TextPattern.of("project", "PRJ-\\d{4}", true)),
            List.of(WordList.of("plans", List.of("Blue Harbour", "Zürich"))),
            List.of(),
            Set.of(),
            0);

    assertThat(findings(text("prj-1234: the BLUE\n  harbour plan, zürich"), rules))
        .extracting(OutgoingFinding::name)
        .containsExactly("plans", "plans", "project");
    assertThat(findings(text("blue harbours, blue or harbour"), rules)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(a)\\1",
        "(?=x)y",
        "a**{",
        "(",
        "(a{100}){100}",
        "((((a{9}){9}){9}){9}){9}",
        "a*",
        "[z-a]"
      })
  void patternThatIsInvalidOrTooLargeIsRefused(String expression) {
    assertThatThrownBy(() -> TextPattern.of("x", expression, false))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void addressesOfTheTextsAreNamed() throws IOException {
    OutgoingScreen.Result result =
        OutgoingScreen.examine(
            text("write to Anna.B@example.org, or <x@y>, @z, a@b..c or bob@example.com."),
            OutgoingRules.NONE);

    assertThat(result.addresses())
        .extracting(EmailAddress::value)
        .containsExactlyInAnyOrder("anna.b@example.org", "bob@example.com");
  }

  @Test
  void whatIsHardToReadEndsInTime() {
    OutgoingRules rules =
        new OutgoingRules(
            List.of(
                TextPattern.of("a", "(?:\\w+\\s?){30}@", false),
                TextPattern.of("b", "(x+x+)+y", false)),
            List.of(WordList.of("w", List.of("a a a a a b"))),
            List.of(new byte[] {1, 0, 0, 0, 0}),
            Set.of(),
            2);
    int size = 1 << 20;

    for (String unit :
        List.of(
            "4539 1488 0343 6467 ",
            "4 ",
            "eyJ.",
            "eyJhbGci/",
            "ghp_",
            "\"kty\"",
            "{\"kty\"",
            "a ",
            "-----BEGIN PRIVATE KEY-----",
            "://a:b",
            "secret_access_key=",
            "DE75 ",
            "a@",
            "x",
            "AQAAAAA",
            "AccountKey=",
            "1-",
            "AGE-SECRET-KEY-1",
            "xprv")) {
      String whole = unit.repeat(size / unit.length());
      org.junit.jupiter.api.Assertions.assertTimeout(
          Duration.ofSeconds(10), () -> findings(text(whole), rules), unit);
    }
    assertThat(findings(text("x".repeat(size + 1)), OutgoingRules.NONE))
        .extracting(OutgoingFinding::kind)
        .containsExactly(Kind.PARTLY_READ);
  }

  private static OutgoingMail text(String text) {
    return new OutgoingMail("", text, null, List.of(), List.of());
  }

  private static OutgoingMail html(String html) {
    return new OutgoingMail("", null, html, List.of(), List.of());
  }

  private static OutgoingMail.File file(String name, String type, String content) {
    return new OutgoingMail.File(
        name, type, () -> new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)));
  }

  private static OutgoingMail.File bytes(String name, byte[] content) {
    return new OutgoingMail.File(
        name, "application/octet-stream", () -> new ByteArrayInputStream(content));
  }

  private static List<String> names(OutgoingMail mail) {
    return findings(mail).stream().map(OutgoingFinding::name).toList();
  }

  private static List<OutgoingFinding> findings(OutgoingMail mail) {
    return findings(mail, OutgoingRules.NONE);
  }

  private static List<OutgoingFinding> findings(OutgoingMail mail, OutgoingRules rules) {
    try {
      return OutgoingScreen.examine(mail, rules).findings();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
