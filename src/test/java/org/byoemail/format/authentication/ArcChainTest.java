package org.byoemail.format.authentication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.byoemail.support.DkimSigner.Options.USUAL;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.byoemail.format.mime.MailParser;
import org.byoemail.support.DkimSigner;
import org.byoemail.support.RequiresPrograms;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Chains that another implementation made. */
@RequiresPrograms(DkimSigner.PROGRAM)
class ArcChainTest {
  private static final Instant RECEIVED = Instant.parse("2026-11-24T10:00:00Z");
  private static final String MAIL =
      "From: Ann <ann@contact.test>\r\nTo: talk@list.test\r\nSubject: [Talk] Hi\r\n"
          + "Date: Tue, 24 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@contact.test>\r\n"
          + "MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nHello.\r\n-- \r\nThe list\r\n";
  private static final String PASS =
      "Authentication-Results: mx.list.test; dkim=pass header.d=contact.test;"
          + " dmarc=pass header.from=contact.test\r\n";

  private static DkimSigner signer;

  @BeforeAll
  static void start() {
    signer = new DkimSigner();
  }

  @AfterAll
  static void stop() {
    signer.close();
  }

  @Test
  void wordOfATrustedSealerCounts() {
    String sealed = signer.seal(PASS + MAIL, "list.test", "mx.list.test");

    assertThat(authenticated(sealed, "list.test")).contains("list.test");
    assertThat(authenticated(sealed, "other.test")).isEmpty();
    assertThat(authenticated(sealed)).isEmpty();
    assertThat(authenticated(PASS + MAIL, "list.test")).isEmpty();
  }

  @Test
  void chainOfSeveralSealersCountsIfAllAreTrusted() {
    String once = signer.seal(PASS + MAIL, "list.test", "mx.list.test");
    String next =
        "Authentication-Results: mx.next.test; arc=pass; dmarc=fail header.from=contact.test\r\n";
    String twice = signer.seal(next + once, "next.test", "mx.next.test");

    assertThat(authenticated(twice, "list.test", "next.test")).contains("list.test");
    assertThat(authenticated(twice, "list.test")).isEmpty();
    assertThat(authenticated(twice, "next.test")).isEmpty();
  }

  @Test
  void whatWasChangedAfterTheSealIsNotBelieved() {
    String sealed = signer.seal(PASS + MAIL, "list.test", "mx.list.test");

    for (String changed :
        List.of(
            sealed.replace("Hello.", "Pay Eve."),
            sealed.replace("[Talk] Hi", "[Talk] Pay"),
            sealed.replace("Ann <ann@contact.test>", "Bo <bo@contact.test>"),
            "Subject: Pay\r\n" + sealed,
            "From: eve@evil.test\r\n" + sealed,
            sealed.replaceFirst("header.from=contact.test", "header.from=contact.tests"),
            sealed.replaceFirst("cv=none", "cv=pass"),
            sealed.replaceFirst("(?s)ARC-Seal:.*?\r\n(?=\\S)", ""),
            sealed.replaceFirst("ARC-Message-Signature: i=1", "ARC-Message-Signature: i=2"))) {
      assertThat(changed).isNotEqualTo(sealed);
      assertThat(authenticated(changed, "list.test")).as(changed).isEmpty();
    }
  }

  @Test
  void sealerThatFoundNothingOrAnotherAuthorProvesNothing() {
    for (String found :
        List.of(
            "Authentication-Results: mx.list.test; dmarc=none header.from=contact.test\r\n",
            "Authentication-Results: mx.list.test; dmarc=pass header.from=evil.test\r\n",
            "Authentication-Results: mx.list.test; dkim=pass header.d=evil.test\r\n",
            "Authentication-Results: mx.list.test; dkim=pass header.d=contact.test;"
                + " dmarc=fail header.from=contact.test\r\n")) {
      String sealed = signer.seal(found + MAIL, "list.test", "mx.list.test");
      assertThat(authenticated(sealed, "list.test")).as(found).isEmpty();
    }
  }

  private static Optional<String> authenticated(String mail, String... sealers) {
    Map<String, List<String>> zone =
        Map.of(
            "s1._domainkey.list.test", List.of(signer.record(USUAL)),
            "s1._domainkey.next.test", List.of(signer.record(USUAL)));
    byte[] raw = mail.getBytes(StandardCharsets.ISO_8859_1);
    try {
      return ArcChain.authenticatedBy(
          new ByteArrayInputStream(raw),
          new MailParser().parse(raw),
          Set.of(sealers),
          RECEIVED,
          name -> zone.getOrDefault(name, List.of()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
