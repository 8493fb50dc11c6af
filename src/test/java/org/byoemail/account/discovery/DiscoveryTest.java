package org.byoemail.account.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.byoemail.account.connection.StrangerNetwork;
import org.byoemail.account.connection.TooManyTests;
import org.byoemail.account.discovery.Discovered.Step;
import org.byoemail.account.discovery.Discovery.Searches;
import org.byoemail.account.discovery.Proposal.Confidence;
import org.byoemail.account.discovery.Proposal.Server;
import org.byoemail.account.discovery.Proposal.Source;
import org.byoemail.account.provider.Providers;
import org.byoemail.account.provider.SignIn;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.support.CertificateAuthority;
import org.byoemail.support.DnsServer;
import org.byoemail.support.ScriptedImapServer;
import org.byoemail.support.ScriptedSmtpServer;
import org.byoemail.support.ServerCertificate;
import org.byoemail.support.WebServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xbill.DNS.Rcode;

/** Discovery against DNS, web and mail servers of the test, as strangers would run them. */
@Timeout(30)
class DiscoveryTest {
  private static final CertificateAuthority AUTHORITY = CertificateAuthority.shared();
  private static final ServerCertificate CERTIFICATE =
      AUTHORITY.issue(
          "corp.test",
          "autoconfig.corp.test",
          "autodiscover.corp.test",
          "elsewhere.test",
          "login.microsoft.test",
          "ispdb.test",
          "imap.corp.test",
          "smtp.corp.test");
  private static final String DOMAIN = "corp.test";
  private static final EmailAddress ADDRESS = EmailAddress.parse("Ann@corp.test");
  private static final String AUTOCONFIG = "autoconfig.corp.test/mail/config-v1.1.xml";
  private static final String WELL_KNOWN = "corp.test/.well-known/autoconfig/mail/config-v1.1.xml";
  private static final String PUBLIC = "8.8.8.8";
  private static final String LOOPBACK = "127.0.0.1";
  private static final String PRIVATE = "10.0.0.1";
  private static final String OTHER_LOOPBACK = "127.0.0.2";
  private static final String TENANT = "6babcaad-604b-40ac-a9d7-9fd97c0b779f";
  private static final String DOCUMENT =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <clientConfig version="1.1">
        <emailProvider id="corp.test">
          <domain>corp.test</domain>
          <displayName>Corp Mail</displayName>
          <incomingServer type="pop3">
            <hostname>pop.corp.test</hostname><port>995</port><socketType>SSL</socketType>
          </incomingServer>
          <incomingServer type="imap">
            <hostname>plain.corp.test</hostname><port>143</port><socketType>plain</socketType>
          </incomingServer>
          <incomingServer type="imap">
            <hostname>imap.%EMAILDOMAIN%</hostname><port>993</port><socketType>SSL</socketType>
            <username>%EMAILLOCALPART%</username>
            <authentication>password-cleartext</authentication>
          </incomingServer>
          <outgoingServer type="smtp">
            <hostname>smtp.corp.test</hostname><port>587</port><socketType>STARTTLS</socketType>
            <username>%EMAILADDRESS%</username>
          </outgoingServer>
        </emailProvider>
      </clientConfig>
      """;

  private final DnsServer dns = new DnsServer();
  private final WebServer web = new WebServer(CERTIFICATE);
  private final StrangerNetwork network = new StrangerNetwork(web, AUTHORITY.certificate());
  private final SearchThreads threads = new SearchThreads();
  private final CountDownLatch over = new CountDownLatch(1);
  private final List<GuessSearch.Guess> guesses = new ArrayList<>();

  @BeforeEach
  void servers() {
    network.host("imap.corp.test", PUBLIC).host("smtp.corp.test", PUBLIC);
  }

  @AfterEach
  void close() {
    over.countDown();
    threads.destroy();
    network.close();
    web.close();
    dns.close();
  }

  @Test
  void domainOfAKnownProviderIsAPresetAndAsksNobody() {
    Discovered found = discover(EmailAddress.parse("someone@gmail.com"));

    Proposal gmail = only(found);
    assertThat(gmail.provider()).isEqualTo("gmail");
    assertThat(gmail.source()).isEqualTo(Source.PRESET);
    assertThat(gmail.confidence()).isEqualTo(Confidence.HIGH);
    assertThat(gmail.imap())
        .isEqualTo(new Server("imap.gmail.com", 993, Security.SSL, "someone@gmail.com"));
    assertThat(gmail.signIn())
        .extracting(SignIn::way)
        .containsExactly(SignIn.Way.OAUTH, SignIn.Way.APP_PASSWORD);
    assertThat(dns.queries()).isEmpty();
  }

  @Test
  void imapLoginOfIcloudIsTheNameAndItsSmtpLoginTheAddress() {
    Proposal icloud = only(discover(EmailAddress.parse("someone@me.com")));

    assertThat(username(icloud.imap())).isEqualTo("someone");
    assertThat(username(icloud.smtp())).isEqualTo("someone@me.com");
  }

  @Test
  void mailExchangerOfAKnownProviderEndsTheSearch() {
    dns.mx(DOMAIN, 10, "alt1.aspmx.l.google.com").mx(DOMAIN, 1, "ASPMX.L.GOOGLE.COM");

    Discovered found = discover(ADDRESS);

    assertThat(only(found).provider()).isEqualTo("google-workspace");
    assertThat(only(found).source()).isEqualTo(Source.MX);
    assertThat(found.steps()).containsExactly(new Step("mx", true, "aspmx.l.google.com"));
    assertThat(web.requests()).isEmpty();
  }

  @Test
  void aliasOfTheDomainIsFollowedToItsMailExchanger() {
    dns.cname(DOMAIN, "real.test").mx("real.test", 1, "corp.mail.protection.outlook.com");

    assertThat(only(discover(ADDRESS)).provider()).isEqualTo("microsoft-365");
  }

  @Test
  void autoconfigOfTheDomainIsReadWithoutTellingWhoAsks() {
    serve("autoconfig.corp.test").page(AUTOCONFIG, DOCUMENT);

    Proposal found = only(discover(ADDRESS));

    assertThat(found.source()).isEqualTo(Source.AUTOCONFIG);
    assertThat(found.confidence()).isEqualTo(Confidence.HIGH);
    assertThat(found.displayName()).isEqualTo("Corp Mail");
    assertThat(found.imap()).isEqualTo(new Server("imap.corp.test", 993, Security.SSL, "ann"));
    assertThat(found.smtp())
        .isEqualTo(new Server("smtp.corp.test", 587, Security.STARTTLS, "ann@corp.test"));
    assertThat(web.requests()).containsExactly(AUTOCONFIG);
  }

  @Test
  void addressIsToldOnlyToAServerThatInsistsOnIt() {
    serve("autoconfig.corp.test")
        .page(
            AUTOCONFIG,
            exchange -> {
              boolean told = exchange.getRequestURI().getQuery() != null;
              byte[] body = DOCUMENT.getBytes(StandardCharsets.UTF_8);
              exchange.sendResponseHeaders(told ? 200 : 400, told ? body.length : -1);
              if (told) {
                exchange.getResponseBody().write(body);
              }
            });

    assertThat(only(discover(ADDRESS)).displayName()).isEqualTo("Corp Mail");
    assertThat(web.requests())
        .containsExactly(AUTOCONFIG, AUTOCONFIG + "?emailaddress=ann%40corp.test");
  }

  @Test
  void wellKnownDocumentIsFollowedThroughThreeRedirectsAndNoMore() {
    serve("corp.test", "elsewhere.test");
    web.redirect(WELL_KNOWN, "/a").redirect("corp.test/a", "https://elsewhere.test/b");
    web.redirect("elsewhere.test/b", "/c").page("elsewhere.test/c", DOCUMENT);

    assertThat(only(discover(ADDRESS)).displayName()).isEqualTo("Corp Mail");

    web.redirect("elsewhere.test/c", "/d").page("elsewhere.test/d", DOCUMENT);
    assertRefused("redirects more than 3 times");
  }

  @Test
  void documentOverTheLimitIsNotRead() {
    serve("corp.test")
        .page(
            WELL_KNOWN,
            exchange -> {
              exchange.sendResponseHeaders(200, 100 << 20);
              exchange.getResponseBody().write(new byte[1024]);
            });

    assertRefused("corp.test: the answer is longer than 65536 bytes");
  }

  @Test
  void documentWithoutLengthIsLeftAtTheLimit() {
    serve("corp.test").page(WELL_KNOWN, this::endless);

    assertRefused("corp.test: the answer is longer than 65536 bytes");
  }

  @Test
  void slowServerIsLeftAtTheDeadline() {
    serve("corp.test")
        .page(
            WELL_KNOWN,
            exchange -> {
              exchange.sendResponseHeaders(200, 1000);
              drip(exchange.getResponseBody());
            });

    long began = System.nanoTime();
    assertRefused("did not answer in time", "timed out");
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void redirectToAPrivateAddressIsRefusedLikeAnUnknownHost() {
    serve("corp.test");
    network.host("inside.test", PRIVATE);
    web.redirect(WELL_KNOWN, "https://inside.test/secret");
    String refusal = refusal(discover(ADDRESS), "inside.test has no public address");

    web.redirect(WELL_KNOWN, "https://nowhere.test/secret");
    assertThat(refusal(discover(ADDRESS), "nowhere.test has no public address"))
        .isEqualTo(refusal.replace("inside.test", "nowhere.test"));

    web.redirect(WELL_KNOWN, "https://169.254.169.254/latest");
    assertRefused("169.254.169.254 has no public address");
  }

  @Test
  void redirectToAnotherPortOrToPlainHttpIsRefused() {
    serve("corp.test");
    network.host("public.test", PUBLIC);
    web.redirect(WELL_KNOWN, "https://public.test:6379/");
    assertRefused("the port 6379 of public.test is refused");

    web.redirect(WELL_KNOWN, "http://corp.test/");
    assertRefused("redirects to something other than HTTPS");
  }

  @Test
  void certificateOfAnotherNameIsRefused() {
    network.host("autoconfig.other.test", LOOPBACK);

    Discovered found = discover(EmailAddress.parse("ann@other.test"));

    assertThat(found.proposals()).isEmpty();
    assertThat(details(found)).anyMatch(detail -> detail.contains("could not begin TLS"));
    assertThat(web.requests()).isEmpty();
  }

  @Test
  void documentWithEntitiesIsRefusedAndNoneIsFetched() {
    serve("corp.test", "elsewhere.test");
    web.page(
        WELL_KNOWN,
        "<!DOCTYPE c [<!ENTITY x SYSTEM"
            + " \"https://elsewhere.test/x\">]><clientConfig>&x;</clientConfig>");
    assertRefused("corp.test: the document has a DOCTYPE, which is not allowed");

    web.page(WELL_KNOWN, "<clientConfig>&x;</clientConfig>");
    assertRefused("corp.test: the document");

    assertThat(web.requests()).noneMatch(request -> request.startsWith("elsewhere.test"));
  }

  @Test
  void deepForeignOrBrokenDocumentIsRefused() {
    serve("corp.test").page(WELL_KNOWN, "<a>".repeat(20) + "</a>".repeat(20));
    assertRefused("corp.test: the document is nested too deeply, or too large");

    web.page(WELL_KNOWN, "<html><body/></html>");
    assertRefused("corp.test: the document is not in Thunderbird's autoconfig format");

    web.page(WELL_KNOWN, "{}");
    assertRefused("corp.test: the document is not well-formed XML");

    web.page(WELL_KNOWN, "<clientConfig/>");
    assertRefused("corp.test names no IMAP or SMTP server with TLS");
  }

  @Test
  void documentThatNamesAPrivateServerProposesTheOtherOnly() {
    serve("corp.test").page(WELL_KNOWN, DOCUMENT);
    network.host("imap.corp.test", PRIVATE);

    Discovered found = discover(ADDRESS);

    assertThat(only(found).imap()).isNull();
    assertThat(only(found).smtp()).isNotNull();
    assertThat(details(found)).anyMatch(d -> d.contains("imap.corp.test has no public address"));
  }

  @Test
  void srvRecordsOfTheDomainAreUsedInTheirOrder() {
    network.host("b.corp.test", PUBLIC);
    dns.srv("_imaps._tcp.corp.test", 20, 100, 993, "a.corp.test")
        .srv("_imaps._tcp.corp.test", 10, 1, 993, "c.corp.test")
        .srv("_imaps._tcp.corp.test", 10, 50, 993, "b.corp.test")
        .srv("_submissions._tcp.corp.test", 0, 0, 0, ".")
        .srv("_submission._tcp.corp.test", 0, 0, 587, "smtp.corp.test");

    Proposal found = only(discover(ADDRESS));

    assertThat(found.source()).isEqualTo(Source.SRV);
    assertThat(found.confidence()).isEqualTo(Confidence.MEDIUM);
    assertThat(found.imap())
        .isEqualTo(new Server("b.corp.test", 993, Security.SSL, "ann@corp.test"));
    assertThat(found.smtp())
        .isEqualTo(new Server("smtp.corp.test", 587, Security.STARTTLS, "ann@corp.test"));
    assertThat(found.notes()).isEmpty();
  }

  @Test
  void srvRecordThatLeadsToAnotherDomainIsDoubted() {
    network.host("imap.notcorp.test", PUBLIC);
    dns.srv("_imaps._tcp.corp.test", 0, 0, 993, "imap.notcorp.test");

    Proposal found = only(discover(ADDRESS));

    assertThat(found.confidence()).isEqualTo(Confidence.LOW);
    assertThat(found.notes())
        .singleElement()
        .asString()
        .contains("imap.notcorp.test, which is not in corp.test", "DNS is not authenticated");
  }

  @Test
  void srvRecordThatLeadsToAKnownProviderIsThatProvider() {
    network.host("imap.fastmail.com", PUBLIC).host("smtp.fastmail.com", PUBLIC);
    dns.srv("_imaps._tcp.corp.test", 0, 0, 993, "imap.fastmail.com")
        .srv("_submissions._tcp.corp.test", 0, 0, 465, "smtp.fastmail.com");

    Proposal found = only(discover(ADDRESS));

    assertThat(found.provider()).isEqualTo("fastmail");
    assertThat(found.confidence()).isEqualTo(Confidence.MEDIUM);
    assertThat(found.signIn()).extracting(SignIn::way).contains(SignIn.Way.APP_PASSWORD);
  }

  @Test
  void srvRecordThatLeadsToLoopbackOrAnotherPortIsRefused() {
    network.host("localhost", OTHER_LOOPBACK).host("db.corp.test", PUBLIC);
    dns.srv("_imaps._tcp.corp.test", 0, 0, 993, "localhost")
        .srv("_submissions._tcp.corp.test", 0, 0, 5432, "db.corp.test");

    Discovered found = discover(ADDRESS);

    assertThat(found.proposals()).isEmpty();
    assertThat(details(found))
        .anyMatch(
            detail ->
                detail.contains("localhost has no public address")
                    && detail.contains("the port 5432 of db.corp.test is refused"));
  }

  @Test
  void silentNameServerIsSaidAndTheSearchEnds() {
    dns.beSilent();

    Discovered found = discover(ADDRESS);

    assertThat(found.proposals()).isEmpty();
    assertThat(details(found))
        .anyMatch(detail -> detail.startsWith("DNS did not answer"))
        .anyMatch(detail -> detail.contains("no mail server answers"));
  }

  @Test
  void errorOfTheNameServerIsSaidAndAutoconfigIsStillRead() {
    serve("autoconfig.corp.test").page(AUTOCONFIG, DOCUMENT);
    dns.fail(Rcode.SERVFAIL);

    Discovered found = discover(ADDRESS);

    assertThat(only(found).source()).isEqualTo(Source.AUTOCONFIG);
    assertThat(details(found)).anyMatch(detail -> detail.contains("SERVFAIL"));
  }

  @Test
  void behindAFilterAutodiscoverAndTheTenantTellMicrosoft() {
    serve("login.microsoft.test");
    tenant(DOMAIN);
    dns.mx(DOMAIN, 10, "mxa-0012.gslb.pphosted.com")
        .cname("autodiscover.corp.test", "autodiscover.outlook.com");

    Discovered found = discover(ADDRESS);

    Proposal microsoft = only(found);
    assertThat(microsoft.provider()).isEqualTo("microsoft-365");
    assertThat(microsoft.source()).isEqualTo(Source.AUTODISCOVER);
    assertThat(microsoft.confidence()).isEqualTo(Confidence.HIGH);
    assertThat(microsoft.tenant()).isEqualTo(TENANT);
    assertThat(details(found)).anyMatch(detail -> detail.contains("Proofpoint"));
  }

  @Test
  void autodiscoverThatRedirectsToMicrosoftIsAskedAndNotFollowed() {
    serve("autodiscover.corp.test")
        .redirect(
            "autodiscover.corp.test/autodiscover/autodiscover.xml",
            "https://autodiscover-s.outlook.com/autodiscover/autodiscover.xml");
    dns.mx(DOMAIN, 10, "corp.test.filter.antispamcloud.com");

    Proposal microsoft = only(discover(ADDRESS));

    assertThat(microsoft.confidence()).isEqualTo(Confidence.MEDIUM);
    assertThat(microsoft.tenant()).isNull();
  }

  @Test
  void tenantAloneIsDoubted() {
    serve("login.microsoft.test");
    tenant(DOMAIN);
    dns.mx(DOMAIN, 10, "eu-smtp-inbound-1.mimecast.com");

    Proposal microsoft = only(discover(ADDRESS));

    assertThat(microsoft.confidence()).isEqualTo(Confidence.LOW);
    assertThat(microsoft.notes().get(0)).contains("does not prove");
  }

  @Test
  void databaseIsAskedByDomainAndByMailExchangerAndOnlyIfItIsSet() {
    serve("ispdb.test").page("ispdb.test/v1.1/host.test", DOCUMENT);
    dns.mx(DOMAIN, 10, "mx1.host.test");
    assertThat(discover(ADDRESS).proposals()).isEmpty();
    assertThat(web.requests()).noneMatch(request -> request.startsWith("ispdb.test"));

    Discovered found =
        discovery(URI.create("https://ispdb.test/v1.1/")).of(ADDRESS, new OrganizationId("acme"));

    assertThat(only(found).source()).isEqualTo(Source.ISPDB);
    assertThat(only(found).confidence()).isEqualTo(Confidence.MEDIUM);
    assertThat(web.requests())
        .contains("ispdb.test/v1.1/corp.test", "ispdb.test/v1.1/host.test")
        .noneMatch(request -> request.contains("ann"));
  }

  @Test
  void guessIsProposedOnlyWhereAMailServerGreets() throws IOException {
    try (ScriptedImapServer imap = new ScriptedImapServer();
        ScriptedSmtpServer smtp = new ScriptedSmtpServer();
        ScriptedSmtpServer wrong = new ScriptedSmtpServer()) {
      imap.withTls(CERTIFICATE);
      smtp.offering("STARTTLS").withStartTls(CERTIFICATE);
      wrong.answer(ScriptedSmtpServer.GREETING, "HTTP/1.1 400 Bad Request");
      network.host("imap.corp.test", LOOPBACK).host("smtp.corp.test", LOOPBACK);
      guesses.add(new GuessSearch.Guess(Protocol.SMTP, "smtp", wrong.port(), Security.STARTTLS));
      guesses.add(new GuessSearch.Guess(Protocol.SMTP, "smtp", smtp.port(), Security.STARTTLS));
      guesses.add(new GuessSearch.Guess(Protocol.IMAP, "mail", imap.port(), Security.SSL));
      guesses.add(new GuessSearch.Guess(Protocol.IMAP, "imap", imap.port(), Security.SSL));

      Proposal found = only(discover(ADDRESS));

      assertThat(found.source()).isEqualTo(Source.GUESS);
      assertThat(found.confidence()).isEqualTo(Confidence.LOW);
      assertThat(found.imap())
          .isEqualTo(new Server("imap.corp.test", imap.port(), Security.SSL, "ann@corp.test"));
      assertThat(found.smtp())
          .isEqualTo(new Server("smtp.corp.test", smtp.port(), Security.STARTTLS, "ann@corp.test"));
    }
  }

  @Test
  void sameServersAreProposedOnceByTheSurestSource() {
    serve("autoconfig.corp.test").page(AUTOCONFIG, DOCUMENT.replace("%EMAILLOCALPART%", ""));
    dns.srv("_imaps._tcp.corp.test", 0, 0, 993, "imap.corp.test")
        .srv("_submission._tcp.corp.test", 0, 0, 587, "smtp.corp.test");

    assertThat(only(discover(ADDRESS)).source()).isEqualTo(Source.AUTOCONFIG);
  }

  @Test
  void organizationRunsTwoSearchesAtATime() {
    dns.beSilent();
    Discovery discovery = discovery(null);
    List<CompletableFuture<Discovered>> running = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      EmailAddress address = EmailAddress.parse("ann@slow" + i + ".test");
      running.add(
          CompletableFuture.supplyAsync(() -> discovery.of(address, new OrganizationId("acme"))));
    }
    await().atMost(5, TimeUnit.SECONDS).until(() -> dns.queries().size() >= 2);

    assertThatThrownBy(() -> discovery.of(ADDRESS, new OrganizationId("acme")))
        .isInstanceOf(TooManyTests.class)
        .hasMessageContaining("of this organisation");

    running.forEach(search -> assertThat(search.join().proposals()).isEmpty());
    assertThat(
            discovery.of(EmailAddress.parse("a@gmail.com"), new OrganizationId("acme")).proposals())
        .hasSize(1);
  }

  private Discovered discover(EmailAddress address) {
    return discovery(null).of(address, new OrganizationId("acme"));
  }

  private Discovery discovery(@Nullable URI database) {
    DiscoverySettings settings =
        new DiscoverySettings(
            Duration.ofSeconds(2),
            dns.address(),
            database,
            URI.create("https://login.microsoft.test"));
    Providers providers = new Providers();
    NameServer names = new DnsNameServer(settings);
    ProposalBuilder candidates = new ProposalBuilder(providers, network.probe());
    Searches searches =
        new Searches(
            new AutoconfigSearch(network.web(), candidates),
            new SrvSearch(names, providers, candidates),
            new MicrosoftSearch(settings, names, network.web(), providers),
            new GuessSearch(network.probe(), threads, guesses));
    return new Discovery(settings, providers, names, searches, threads, network.tasks());
  }

  private WebServer serve(String... hosts) {
    for (String host : hosts) {
      network.host(host, LOOPBACK);
    }
    return web;
  }

  private void tenant(String domain) {
    web.page(
        "login.microsoft.test/" + domain + "/v2.0/.well-known/openid-configuration",
        "{\"issuer\":\"https://login.microsoftonline.com/" + TENANT + "/v2.0\"}");
  }

  private void assertRefused(String... oneOf) {
    Discovered found = discover(ADDRESS);
    assertThat(found.proposals()).isEmpty();
    assertThat(details(found))
        .anyMatch(detail -> List.of(oneOf).stream().anyMatch(detail::contains));
  }

  private static String refusal(Discovered found, String words) {
    assertThat(found.proposals()).isEmpty();
    return details(found).stream()
        .filter(detail -> detail.contains(words))
        .findFirst()
        .orElseThrow(() -> new AssertionError(found.toString()));
  }

  private static List<String> details(Discovered found) {
    return found.steps().stream()
        .filter(step -> !step.detail().isEmpty())
        .map(Step::detail)
        .toList();
  }

  private static Proposal only(Discovered found) {
    assertThat(found.proposals()).as(found.steps().toString()).hasSize(1);
    return found.proposals().get(0);
  }

  private static @Nullable String username(@Nullable Server server) {
    return server == null ? null : server.username();
  }

  private void endless(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    OutputStream body = exchange.getResponseBody();
    byte[] block = new byte[8192];
    while (over.getCount() > 0) {
      body.write(block);
    }
  }

  private void drip(OutputStream body) throws IOException {
    try {
      while (!over.await(100, TimeUnit.MILLISECONDS)) {
        body.write(' ');
        body.flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
