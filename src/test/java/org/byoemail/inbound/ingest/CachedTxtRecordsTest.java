package org.byoemail.inbound.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.List;
import org.byoemail.account.discovery.DnsTxtLookup;
import org.byoemail.format.authentication.TxtRecords;
import org.byoemail.support.DnsServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Rcode;

class CachedTxtRecordsTest {
  private final DnsServer dns = new DnsServer();
  private final CachedTxtRecords texts =
      new CachedTxtRecords(
          DnsTxtLookup.at(dns.address()), Clock.systemUTC(), new SimpleMeterRegistry());

  CachedTxtRecordsTest() {
    dns.txt("s._domainkey.contact.test", "v=DKIM1");
  }

  @AfterEach
  void stop() {
    dns.close();
  }

  @Test
  void errorsOfAStrangersServersSayNothingAboutTheResolver() throws Exception {
    dns.fail(Rcode.SERVFAIL);
    TxtRecords ofOneMail = texts.forOneMail(false);
    for (int i = 0; i < 10; i++) {
      String name = "s" + i + "._domainkey.evil.test";
      assertThatThrownBy(() -> ofOneMail.of(name)).isInstanceOf(TxtRecords.Unavailable.class);
    }
    dns.recover();

    assertThat(texts.forOneMail(false).of("s._domainkey.contact.test"))
        .isEqualTo(List.of("v=DKIM1"));
  }

  @Test
  void whatIsNoNameIsNotLookedUp() throws Exception {
    assertThat(texts.forOneMail(false).of("a".repeat(64) + ".evil.test")).isEmpty();
    assertThat(texts.forOneMail(false).of("a.".repeat(150) + "test")).isEmpty();
    assertThat(dns.queries()).isEmpty();
  }
}
