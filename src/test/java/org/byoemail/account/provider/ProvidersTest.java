package org.byoemail.account.provider;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import java.util.Set;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.format.mail.EmailAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ProvidersTest {
  private static final Providers PROVIDERS = new Providers();

  /** Refusals of which no source is known. */
  private static final Set<String> FROM_EXPERIENCE =
      Set.of(
          "your account is not enabled for imap use",
          "imap access is disabled",
          "5.7.9",
          "basicauthblocked",
          "logondenied",
          "authenticate failed",
          "5.7.8",
          "incorrect username or password",
          "you are yet to enable imap",
          "535 authentication failed",
          "authentication credentials invalid",
          "pop3 and imap",
          "invalid user or password",
          "application password is required",
          "login.fail",
          "no such user",
          "authentication failed");

  static List<Provider> all() {
    return PROVIDERS.all();
  }

  @ParameterizedTest
  @MethodSource("all")
  void entryIsCompleteAndSaysWhereItIsFrom(Provider provider) {
    assertThat(URI.create(provider.source()).getScheme()).isEqualTo("https");
    assertThat(provider.read()).matches("\\d{4}-\\d\\d-\\d\\d");
    if (provider.ownPage() != null) {
      assertThat(URI.create(provider.ownPage()).getScheme()).isEqualTo("https");
      assertThat(provider.source()).isNotEqualTo(provider.ownPage());
    }
    assertThat(provider.compared() == null).isEqualTo(provider.comparedOn() == null);
    if (provider.compared() != null) {
      assertThat(URI.create(provider.compared()).getScheme()).isEqualTo("https");
      assertThat(provider.comparedOn()).matches("\\d{4}-\\d\\d-\\d\\d");
    }
    assertThat(provider.signIn()).isNotEmpty();
    assertThat(provider.domains().size() + provider.mx().size()).isPositive();
    for (Protocol protocol : Protocol.values()) {
      MailServer server = provider.server(protocol);
      assertThat(server.host()).matches("[a-z0-9.-]+");
      assertThat(server.security()).isNotEqualTo(Security.NONE);
      // Bridge runs beside the gateway, on ports of its own.
      if (!server.host().equals("127.0.0.1")) {
        assertThat(server.port()).isIn(Set.of(465, 587, 993));
      }
    }
    provider
        .signIn()
        .forEach(
            way ->
                assertThat(way.oauthProvider() != null).isEqualTo(way.way() == SignIn.Way.OAUTH));
  }

  @ParameterizedTest
  @MethodSource("all")
  void refusalNamesWhereItWasReadOrIsKnownFromExperience(Provider provider) {
    for (Hint hint : provider.hints()) {
      if (hint.source() == null) {
        assertThat(FROM_EXPERIENCE).contains(hint.says());
      } else {
        assertThat(URI.create(hint.source()).getScheme()).isEqualTo("https");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "gmail.com, gmail",
    "hotmail.co.uk, outlook.com",
    "yahoo.fr, yahoo",
    "aol.com, aol",
    "icloud.com, icloud",
    "fastmail.fm, fastmail",
    "zohomail.com, zoho",
    "gmx.de, gmx",
    "gmx.com, gmx-com",
    "web.de, web.de",
    "ya.ru, yandex",
    "qq.com, qq",
    "163.com, 163",
    "126.com, 126",
    "proton.me, proton-bridge",
    "mailbox.org, mailbox.org",
    "posteo.de, posteo",
    "t-online.de, t-online",
    "mail.ru, mail.ru",
    "naver.com, naver"
  })
  void domainIsThatOfItsProvider(String domain, String provider) {
    assertThat(PROVIDERS.ofDomain(domain)).map(Provider::name).hasValue(provider);
  }

  @ParameterizedTest
  @CsvSource({
    "aspmx.l.google.com, google-workspace",
    "aspmx2.googlemail.com, google-workspace",
    "smtp.google.com, google-workspace",
    "corp-test.mail.protection.outlook.com, microsoft-365",
    "corp-test.k-v1.mx.microsoft, microsoft-365",
    "outlook-com.olc.protection.outlook.com, outlook.com",
    "mx01.mail.icloud.com, icloud",
    "in1-smtp.messagingengine.com, fastmail",
    "mx.zoho.com, zoho-business",
    "mx2.zoho.eu, zoho-eu",
    "mail.protonmail.ch, proton-bridge",
    "mx00.kundenserver.de, ionos-de",
    "mx1.mail.ovh.net, ovh",
    "spool.mail.gandi.net, gandi",
    "aspmx1.migadu.com, migadu",
    "smtpin.rzone.de, strato",
    "mx1.hostinger.com, hostinger",
    "mx1.privateemail.com, namecheap",
    "mx1.emailsrvr.com, rackspace",
    "inbound-smtp.eu-west-1.amazonaws.com, workmail-eu-west-1"
  })
  void mailExchangerIsThatOfItsProvider(String host, String provider) {
    assertThat(PROVIDERS.ofMx(host)).map(Provider::name).hasValue(provider);
  }

  @ParameterizedTest
  @CsvSource({
    "mxa-00.gslb.pphosted.com, Proofpoint",
    "eu-smtp-inbound-1.mimecast.com, Mimecast",
    "d123.a.ess.barracudanetworks.com, Barracuda",
    "mx01.hornetsecurity.com, Hornetsecurity",
    "mx1.corp.iphmx.com, Cisco Secure Email",
    "mx-01-eu-west-1.prod.hydra.sophos.com, Sophos"
  })
  void filterHidesTheProvider(String host, String filter) {
    assertThat(PROVIDERS.filterOfMx(host)).hasValue(filter);
    assertThat(PROVIDERS.ofMx(host)).isEmpty();
  }

  @Test
  void nameThatOnlyEndsAlikeIsAnother() {
    assertThat(PROVIDERS.ofMx("notgoogle.com")).isEmpty();
    assertThat(PROVIDERS.ofMx("google.com.evil.test")).isEmpty();
    assertThat(PROVIDERS.ofDomain("sub.gmail.com")).isEmpty();
    assertThat(PROVIDERS.filterOfMx("fakepphosted.com")).isEmpty();
  }

  @Test
  void userNameFollowsTheProvidersRule() {
    EmailAddress address = EmailAddress.parse("ann@icloud.com");
    Provider icloud = PROVIDERS.find("icloud").orElseThrow();

    assertThat(icloud.username(address, Protocol.IMAP)).isEqualTo("ann");
    assertThat(icloud.username(address, Protocol.SMTP)).isEqualTo("ann@icloud.com");
  }
}
