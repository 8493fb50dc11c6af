package org.byoemail.format.screen;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import org.byoemail.format.screen.OutgoingFinding.Kind;

/**
 * Outgoing mail by generators, each with what it truly has: honest mail as businesses and
 * developers write it, whose numbers and ids are of the shapes that resemble secrets, and mail that
 * carries one.
 */
final class OutgoingCorpus {
  private static final String BASE62 =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  private OutgoingCorpus() {}

  /**
   * A mail.
   *
   * @param shape the generator
   * @param has the kind that is truly in it; null: none
   */
  record Labelled(String shape, OutgoingMail mail, Kind has) {}

  /** A shape of mail: its name, what makes a text, and whether that is HTML. */
  record Shape(String name, boolean html, Function<Random, String> text) {}

  static List<Labelled> honest(long seed, int ofEach) {
    return made(seed, ofEach, HONEST, null);
  }

  static List<Labelled> leaking(long seed, int ofEach) {
    List<Labelled> all = new ArrayList<>(made(seed, ofEach, SECRETS, Kind.SECRET));
    all.addAll(made(seed, ofEach, CARDS, Kind.CARD_NUMBER));
    all.addAll(made(seed, ofEach, ACCOUNTS, Kind.BANK_ACCOUNT));
    all.addAll(made(seed, ofEach, HIDDEN, Kind.HIDDEN_TEXT));
    return all;
  }

  private static List<Labelled> made(long seed, int ofEach, List<Shape> shapes, Kind has) {
    List<Labelled> all = new ArrayList<>();
    for (Shape shape : shapes) {
      Random random = new Random(seed * 31 + shape.name().hashCode());
      for (int i = 0; i < ofEach; i++) {
        String text = shape.text().apply(random);
        all.add(
            new Labelled(
                shape.name(),
                new OutgoingMail(
                    "Re: your message",
                    shape.html() ? null : text,
                    shape.html() ? text : null,
                    List.of(),
                    List.of()),
                has));
      }
    }
    return all;
  }

  private static Shape text(String name, Function<Random, String> text) {
    return new Shape(
        name,
        false,
        random ->
            "Dear Ms Weber,\n\n"
                + text.apply(random)
                + "\n\nKind regards\nA. Lopez\n+49 30 901820-"
                + digits(random, 3)
                + "\n");
  }

  private static Shape html(String name, Function<Random, String> body) {
    return new Shape(
        name,
        true,
        random ->
            "<html><body>"
                + body.apply(random)
                + "<p>Dear Ms Weber,</p><p>Kind regards</p></body></html>");
  }

  private static final List<Shape> HONEST =
      List.of(
          text("order-number", r -> "your order " + digits(r, 16) + " has left our warehouse."),
          text(
              "order-grouped",
              r -> "Order: " + digits(r, 4) + "-" + digits(r, 7) + "-" + digits(r, 7)),
          text(
              "order-table",
              r ->
                  "Item      Order no.            Sum\nLamp      "
                      + digits(r, 14)
                      + "       39,90 EUR"),
          text("tracking-dhl", r -> "Tracking number: 00" + digits(r, 18) + " (DHL)"),
          text("tracking-ups", r -> "UPS 1Z" + base36(r, 16) + ", delivery on Monday"),
          text("tracking-fedex", r -> "FedEx " + digits(r, 12) + " and " + digits(r, 15)),
          text(
              "tracking-usps",
              r ->
                  "It is on its way: 9400 1"
                      + digits(r, 3)
                      + " "
                      + digits(r, 4)
                      + " "
                      + digits(r, 4)
                      + " "
                      + digits(r, 4)
                      + " "
                      + digits(r, 2)),
          text(
              "phones",
              r ->
                  "Call me: +1 (415) 555-"
                      + digits(r, 4)
                      + ", +44 20 7946 "
                      + digits(r, 4)
                      + ", 0049 30 "
                      + digits(r, 8)),
          text(
              "phone-list",
              r ->
                  "Office 030-"
                      + digits(r, 8)
                      + "\nMobile 0151 "
                      + digits(r, 4)
                      + " "
                      + digits(r, 4)
                      + "\nFax +41 44 "
                      + digits(r, 3)
                      + " "
                      + digits(r, 2)
                      + " "
                      + digits(r, 2)),
          text("uuid", r -> "request id " + uuid(r) + "\ntrace " + hex(r, 32)),
          text(
              "hashes",
              r -> "sha256: " + hex(r, 64) + "\ncommit " + hex(r, 40) + "\nmd5 " + hex(r, 32)),
          text("base64-hash", r -> "integrity=\"sha384-" + base64(r, 48) + "\""),
          text(
              "url-ids",
              r ->
                  "https://app.example.com/d/"
                      + base62(r, 43)
                      + "?session="
                      + base62(r, 64)
                      + "&n="
                      + digits(r, 16)),
          text(
              "url-query",
              r -> "https://mail.example.com/u/?cid=" + digits(r, 19) + "&sig=" + base64Url(r, 86)),
          text("jwt-link", r -> "Confirm: https://login.example.com/verify?token=" + jwt(r)),
          text(
              "imei",
              r ->
                  "Device IMEI 35"
                      + luhn(r, "35" + digits(r, 12)).substring(2)
                      + ", serial C02"
                      + base36(r, 9)),
          text(
              "isbn",
              r ->
                  "ISBN 978-3-16-"
                      + digits(r, 6)
                      + "-"
                      + digits(r, 1)
                      + ", EAN 978"
                      + digits(r, 10)),
          text(
              "amounts",
              r ->
                  "Total 1.234."
                      + digits(r, 3)
                      + ",50 EUR, VAT "
                      + digits(r, 2)
                      + ","
                      + digits(r, 2)
                      + " %, sum 4"
                      + digits(r, 3)
                      + " "
                      + digits(r, 3)
                      + " "
                      + digits(r, 3)),
          text(
              "vat",
              r ->
                  "VAT DE"
                      + digits(r, 9)
                      + ", ATU"
                      + digits(r, 8)
                      + ", FR"
                      + digits(r, 11)
                      + ", CHE-"
                      + digits(r, 3)
                      + "."
                      + digits(r, 3)
                      + "."
                      + digits(r, 3)),
          text(
              "dates",
              r ->
                  "2026-11-"
                      + two(r, 30)
                      + " "
                      + two(r, 24)
                      + ":"
                      + two(r, 60)
                      + ", log 202611"
                      + two(r, 28)
                      + digits(r, 6)
                      + ", epoch "
                      + "17"
                      + digits(r, 11)),
          text(
              "logs",
              r ->
                  "17"
                      + digits(r, 11)
                      + " INFO ["
                      + hex(r, 16)
                      + "] took "
                      + digits(r, 5)
                      + " ms id="
                      + digits(r, 19)),
          text(
              "invoice-no-bank",
              r ->
                  "Invoice 2026-"
                      + digits(r, 6)
                      + "\nCustomer "
                      + digits(r, 8)
                      + "\nReference RF"
                      + digits(r, 2)
                      + " "
                      + digits(r, 4)
                      + " "
                      + digits(r, 4)),
          text(
              "booking",
              r -> "Booking code " + base36(r, 6) + ", ticket 220-" + digits(r, 10) + ", seat 14C"),
          text("meter", r -> "Meter " + digits(r, 16) + " reads " + digits(r, 6) + " kWh"),
          text(
              "postcodes",
              r -> "Hauptstr. " + digits(r, 2) + ", " + digits(r, 5) + " Berlin; W1A 1AA; 1012 AB"),
          text(
              "doc-keys",
              r ->
                  "export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\nexport AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\ncurl -H 'Authorization: Bearer ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' "),
          text(
              "doc-stripe",
              r ->
                  "Use sk_test_"
                      + base62(r, 24)
                      + " and pk_live_"
                      + base62(r, 24)
                      + " with card 4242 4242 4242 4242"),
          text(
              "doc-jwt",
              r ->
                  "Authorization: Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"),
          text(
              "doc-url",
              r ->
                  "postgres://user:password@localhost:"
                      + digits(r, 4)
                      + "/db or https://<user>:<token>@git.example.com"),
          text(
              "doc-pem",
              r ->
                  "-----BEGIN PRIVATE KEY-----\n<your key>\n-----END PRIVATE KEY-----\nand the certificate:\n-----BEGIN CERTIFICATE-----\n"
                      + base64(r, 600)
                      + "\n-----END CERTIFICATE-----"),
          text(
              "ssh-public",
              r -> "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + base64(r, 43) + " anna@laptop"),
          text(
              "dns",
              r ->
                  "selector1._domainkey TXT \"v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQ"
                      + base64(r, 370)
                      + "\""),
          text(
              "message-ids",
              r ->
                  "<"
                      + base62(r, 22)
                      + "."
                      + digits(r, 13)
                      + "@mail.example.com> and <CA+"
                      + base64Url(r, 40)
                      + "@mail.gmail.com>"),
          text(
              "versions",
              r ->
                  "v"
                      + digits(r, 1)
                      + "."
                      + digits(r, 2)
                      + "."
                      + digits(r, 4)
                      + ", build "
                      + digits(r, 10)
                      + ", 10."
                      + digits(r, 2)
                      + ".0."
                      + digits(r, 2)),
          text(
              "code",
              r ->
                  "for (int i = 0; i < "
                      + digits(r, 4)
                      + "; i++) { sk_"
                      + base36(r, 8).toLowerCase()
                      + " += hf_total; }"),
          text(
              "meeting",
              r ->
                  "https://us02web.zoom.us/j/"
                      + digits(r, 11)
                      + "?pwd="
                      + base62(r, 32)
                      + "\nMeeting ID: "
                      + digits(r, 3)
                      + " "
                      + digits(r, 4)
                      + " "
                      + digits(r, 4)
                      + "\nPasscode: "
                      + digits(r, 6)),
          text(
              "prose",
              r ->
                  "the routing number of the parcel is "
                      + digits(r, 7)
                      + "; see section "
                      + digits(r, 2)
                      + "."),
          text("one-time-code", r -> "Your code is " + digits(r, 6) + "."),
          text("coordinates", r -> "52.5" + digits(r, 14) + ", 13.4" + digits(r, 14)),
          html(
              "picture",
              r -> "<img src=\"data:image/png;base64," + base64(r, 4_000) + "\" alt=\"logo\">"),
          html(
              "pixel",
              r ->
                  "<img width=1 height=1 src=\"https://t.example.com/o/"
                      + base64Url(r, 120)
                      + "\">"),
          html(
              "map",
              r ->
                  "<img src=\"https://maps.googleapis.com/maps/api/staticmap?key=AIza"
                      + base64Url(r, 35)
                      + "\">"),
          html(
              "newsletter",
              r ->
                  "<style>.p{display:none}@media(max-width:600px){.w{display:none!important}.p{display:block}}</style><div style=\"display:none;max-height:0\">Our offers this week</div><div class=w>Offers of the week</div><div class=p>Offers of the week</div>"),
          html(
              "outlook",
              r ->
                  "<!--[if mso]><table><tr><td>Offer "
                      + "</td></tr></table><![endif]--><p>Offer</p><o:p>&nbsp;</o:p>"),
          html(
              "tracking-html",
              r ->
                  "<table><tr><td>Tracking</td><td>"
                      + digits(r, 20)
                      + "</td></tr><tr><td>Order</td><td>"
                      + digits(r, 16)
                      + "</td></tr></table>"),
          html(
              "links",
              r ->
                  "<a href=\"https://click.example.com/ls/click?upn="
                      + base64Url(r, 300)
                      + "\">Read more</a>"));

  private static final List<Shape> SECRETS =
      List.of(
          text("github", r -> "use " + pick(r, "ghp_", "gho_", "ghs_", "ghu_") + checked(r)),
          text("npm", r -> "//registry/:_authToken=npm_" + checked(r)),
          text(
              "aws",
              r -> "AWS_ACCESS_KEY_ID=AKIA" + from(r, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)),
          text("aws-secret", r -> "aws_secret_access_key = " + base64(r, 40)),
          text("stripe", r -> "key sk_live_" + base62(r, 24)),
          text("google", r -> "apiKey: \"AIza" + base64Url(r, 35) + "\""),
          text(
              "slack",
              r -> "SLACK_TOKEN=xoxb-" + digits(r, 12) + "-" + digits(r, 12) + "-" + base62(r, 24)),
          text("gitlab", r -> "(glpat-" + base62(r, 20) + ")"),
          text("sendgrid", r -> "SG." + base62(r, 22) + "." + base64Url(r, 43)),
          text("jwt", r -> "Authorization: Bearer " + jwt(r)),
          text(
              "pem",
              r ->
                  "-----BEGIN RSA PRIVATE KEY-----\n"
                      + lines(base64(r, 1_200))
                      + "-----END RSA PRIVATE KEY-----"),
          text(
              "pgp",
              r -> "-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: 1\n\n" + lines(base64(r, 800))),
          text("url", r -> "amqp://svc:" + base62(r, 16) + "@mq.example.net:5672/"),
          text("own-key", r -> "BYO_KEY=byo_" + base62(r, 43)),
          html("github-html", r -> "<pre>token: <b>ghp_" + checked(r) + "</b></pre>"));

  private static final List<Shape> CARDS =
      List.of(
          text(
              "visa-grouped",
              r -> "please charge " + grouped(luhn(r, "4539" + digits(r, 11))) + " 09/28"),
          text(
              "mastercard",
              r -> "Mastercard " + luhn(r, "53" + digits(r, 13)) + ", CVC " + digits(r, 3)),
          text("amex", r -> "my card is " + luhn(r, "37" + digits(r, 12)) + " for order 12"),
          html(
              "card-html",
              r ->
                  "<table><tr><td>Card</td><td>"
                      + grouped(luhn(r, "4716" + digits(r, 11)))
                      + "</td></tr></table>"));

  private static final List<Shape> ACCOUNTS =
      List.of(
          text("iban-de", r -> "IBAN: " + fours(iban("DE", digits(r, 18)))),
          text("iban-nl", r -> "pay to " + iban("NL", "INGB" + digits(r, 10)) + "."),
          text("iban-gb", r -> "IBAN " + fours(iban("GB", "NWBK" + digits(r, 14)))),
          html("iban-html", r -> "<b>IBAN</b> " + fours(iban("FR", digits(r, 23)))));

  private static final List<Shape> HIDDEN =
      List.of(
          html(
              "white",
              r ->
                  "<p>Hello</p><span style=\"color:#fff\">secret words "
                      + base36(r, 4)
                      + "</span>"),
          html(
              "display",
              r ->
                  "<p>Hello</p><div style=\"display:none\">secret words "
                      + base36(r, 4)
                      + "</div>"),
          html(
              "size",
              r ->
                  "<p>Hello</p><font style=\"font-size:0\">secret words "
                      + base36(r, 4)
                      + "</font>"));

  static String checked(Random random) {
    String token = base62(random, 30);
    return token + Secrets.checksum(token);
  }

  static String jwt(Random random) {
    Base64.Encoder url = Base64.getUrlEncoder().withoutPadding();
    return url.encodeToString(
            "{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8))
        + "."
        + url.encodeToString(
            ("{\"sub\":\"" + base62(random, 12) + "\"}").getBytes(StandardCharsets.UTF_8))
        + "."
        + base62(random, 43);
  }

  private static String luhn(Random random, String start) {
    for (int check = 0; check < 10; check++) {
      if (CardNumbers.hasLuhn(start + check)) {
        return start + check;
      }
    }
    throw new IllegalStateException(start);
  }

  private static String iban(String country, String account) {
    StringBuilder number = new StringBuilder();
    (account + country + "00").chars().forEach(c -> number.append(Character.digit(c, 36)));
    int check = 98 - new BigInteger(number.toString()).mod(BigInteger.valueOf(97)).intValue();
    return country + "%02d".formatted(check) + account;
  }

  private static String grouped(String number) {
    return String.join(
        " ",
        number.substring(0, 4),
        number.substring(4, 8),
        number.substring(8, 12),
        number.substring(12));
  }

  private static String fours(String text) {
    return text.replaceAll("(.{4})(?=.)", "$1 ");
  }

  private static String lines(String text) {
    return text.replaceAll("(.{64})", "$1\n") + "\n";
  }

  private static String pick(Random random, String... choices) {
    return choices[random.nextInt(choices.length)];
  }

  private static String two(Random random, int below) {
    return "%02d".formatted(1 + random.nextInt(below - 1));
  }

  private static String uuid(Random random) {
    return new UUID(random.nextLong(), random.nextLong()).toString();
  }

  static String digits(Random random, int length) {
    return from(random, "0123456789", length);
  }

  private static String hex(Random random, int length) {
    return from(random, "0123456789abcdef", length);
  }

  private static String base36(Random random, int length) {
    return from(random, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", length);
  }

  static String base62(Random random, int length) {
    return from(random, BASE62, length);
  }

  static String base64(Random random, int length) {
    return from(random, BASE62 + "+/", length);
  }

  private static String base64Url(Random random, int length) {
    return from(random, BASE62 + "-_", length);
  }

  private static String from(Random random, String alphabet, int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }
}
