package org.byoemail.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.byoemail.operations.setup.DomainChecks;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpMethod;
import org.xbill.DNS.Rcode;

/** Catch-all domains by the API: fields, proof by DNS, organisations, and who sends from them. */
class CatchAllApiTest extends WebTest {
  @Autowired private DomainChecks checks;

  private final String domain = fresh("d") + ".test";
  private String organization;
  private String key;
  private String path;
  private String agent;

  @BeforeEach
  void makeAccount() {
    organization = fresh("acme");
    key = key("operator", organization);
    path = catchAll(organization);
    agent = agent(organization);
  }

  @Test
  void domainIsProvedByItsTxtRecord() {
    Answer set = put(key, path, body(domain, agent));
    String record = set.text("/domains/0/record/name");
    String text = set.text("/domains/0/record/text");

    Answer early = post(key, path + "/prove", Map.of("domain", domain, "by", "dns"));
    DNS.txt(record, "v=spf1 -all").txt(record, text);
    Answer proved = post(key, path + "/prove", Map.of("domain", domain, "by", "dns"));

    assertThat(record).isEqualTo("_byo-email." + domain);
    assertThat(set.text("/domains/0/rules/0/agent")).isEqualTo(agent);
    assertThat(early.status()).isEqualTo(202);
    assertThat(early.text("/domains/0/error")).contains("no TXT record " + record);
    assertThat(proved.text("/domains/0/proof")).isEqualTo("dns");
    assertThat(proved.body().at("/domains/0/error").isNull()).isTrue();
    assertThat(proved.text("/domains/0/sending/state")).isEqualTo("unproved");
    Answer again = put(key, path, body(domain, agent));
    assertThat(again.text("/domains/0/proof")).isEqualTo("dns");
    assertThat(again.text("/domains/0/record/text")).isEqualTo(text);
    assertThat(entries()).contains("account.catch_all_changed", "account.catch_all_probed");
  }

  @Test
  void twoOrganizationsNameADomainAndProofDecidesWithoutAWord() {
    String theirs = fresh("else");
    String theirKey = key("operator", theirs);
    String theirPath = catchAll(theirs);
    Answer ours = put(key, path, body(domain, agent));
    Answer taken = put(theirKey, theirPath, body(domain, agent(theirs)));
    String record = ours.text("/domains/0/record/name");
    DNS.txt(record, ours.text("/domains/0/record/text"));
    post(key, path + "/prove", Map.of("domain", domain, "by", "dns"));

    Answer without = post(theirKey, theirPath + "/prove", Map.of("domain", domain, "by", "dns"));
    DNS.txt(record, taken.text("/domains/0/record/text"));
    Answer both = post(theirKey, theirPath + "/prove", Map.of("domain", domain, "by", "dns"));
    DNS.remove(record);
    DNS.txt(record, taken.text("/domains/0/record/text"));
    Answer alone = post(theirKey, theirPath + "/prove", Map.of("domain", domain, "by", "dns"));

    assertThat(taken.status()).isEqualTo(200);
    assertThat(without.text("/domains/0/error")).contains("no TXT record");
    assertThat(both.body().at("/domains/0/proof").isNull()).isTrue();
    assertThat(both.text("/domains/0/error")).contains("ask the operator");
    assertThat(both.body().toString()).doesNotContain(organization);
    assertThat(alone.text("/domains/0/proof")).isEqualTo("dns");
    Answer lost = get(key, path);
    assertThat(lost.body().at("/domains/0/proof").isNull()).isTrue();
    assertThat(lost.body().toString()).doesNotContain(theirs);
  }

  @Test
  void lostTxtRecordEndsTheProofAfterTheGracePeriod() {
    Answer set = put(key, path, body(domain, agent));
    String record = set.text("/domains/0/record/name");
    String text = set.text("/domains/0/record/text");
    DNS.txt(record, text);
    post(key, path + "/prove", Map.of("domain", domain, "by", "dns"));

    DNS.remove(record);
    checks.round();
    assertThat(proof()).as("not due").isEqualTo("dns");
    assertThat(missing()).isFalse();

    age("checked_at", "25 hours");
    checks.round();
    assertThat(proof()).isEqualTo("dns");
    assertThat(get(key, path).text("/domains/0/error")).contains(record + " is missing");

    DNS.txt(record, text);
    age("checked_at", "7 hours");
    checks.round();
    assertThat(missing()).isFalse();
    assertThat(get(key, path).body().at("/domains/0/error").isNull()).isTrue();

    DNS.remove(record);
    age("checked_at", "25 hours");
    checks.round();
    age("checked_at", "7 hours");
    age("missing_since", "8 days");
    checks.round();
    assertThat(proof()).isEmpty();
    assertThat(get(key, path).text("/domains/0/error")).contains("prove the domain again");
    assertThat(lostEvents()).isOne();

    DNS.txt(record, text);
    age("checked_at", "25 hours");
    checks.round();
    assertThat(proof()).as("only its owner proves it again").isEmpty();
    post(key, path + "/prove", Map.of("domain", domain, "by", "dns"));
    assertThat(proof()).isEqualTo("dns");
  }

  @Test
  void lookupThatFailsEndsNoProof() {
    Answer set = put(key, path, body(domain, agent));
    DNS.txt(set.text("/domains/0/record/name"), set.text("/domains/0/record/text"));
    post(key, path + "/prove", Map.of("domain", domain, "by", "dns"));
    age("checked_at", "25 hours");

    DNS.fail(Rcode.SERVFAIL);
    try {
      checks.round();
    } finally {
      DNS.fail(Rcode.NOERROR);
    }

    assertThat(proof()).isEqualTo("dns");
    assertThat(missing()).isFalse();
  }

  private String proof() {
    return get(key, path).body().at("/domains/0/proof").asText("");
  }

  private boolean missing() {
    return jdbc.sql("SELECT missing_since IS NOT NULL FROM catch_all WHERE domain = :domain")
        .param("domain", domain)
        .query(Boolean.class)
        .single();
  }

  private void age(String column, String by) {
    jdbc.sql(
            "UPDATE catch_all SET %1$s = %1$s - interval '%2$s' WHERE domain = :domain"
                .formatted(column, by))
        .param("domain", domain)
        .update();
  }

  private int lostEvents() {
    return jdbc.sql(
            "SELECT count(*) FROM event WHERE type = 'domain.lost' AND organization = :organization")
        .param("organization", organization)
        .query(Integer.class)
        .single();
  }

  @Test
  void domainBelongsToOneAccountOfAnOrganization() {
    put(key, path, body(domain, agent));

    Answer second = put(key, catchAll(organization), body(domain, agent));

    assertThat(second.status()).isEqualTo(409);
    assertThat(second.text("/detail")).contains(domain);
  }

  @Test
  void agentOfTheRuleSendsOnceFromWasProved() {
    String producer = key("producer", organization);
    Answer set = put(key, path, body(domain, agent));
    DNS.txt(set.text("/domains/0/record/name"), set.text("/domains/0/record/text"));
    post(key, path + "/prove", Map.of("domain", domain, "by", "dns"));
    Answer early = submit(producer, "support@" + domain);
    jdbc.sql(
            """
            UPDATE account_alias l SET state = 'proved', proved_at = now(), smtp_host = a.smtp_host,
              smtp_username = a.smtp_username
            FROM agent_email_account a WHERE a.id = l.account_id AND l.address = :address
            """)
        .param("address", "*@" + domain)
        .update();

    Answer sent = submit(producer, "support+7@" + domain);
    Answer unnamed = submit(producer, "nobody@" + domain);
    Answer foreign = submit(key("producer", fresh("else")), "support@" + domain);

    assertThat(early.status()).isEqualTo(400);
    assertThat(sent.status()).isEqualTo(202);
    assertThat(unnamed.status()).isEqualTo(400);
    assertThat(foreign.status()).isEqualTo(400);
    Answer message = get(producer, "/messages/" + sent.text("/messageId"));
    assertThat(message.text("/from")).isEqualTo("support+7@" + domain);
    assertThat(message.text("/account")).isEqualTo(path.split("/")[2]);
    assertThat(get(producer, "/messages?account=" + path.split("/")[2]).body().toString())
        .contains(sent.text("/messageId"));
    assertThat(
            jdbc.sql(
                    """
                    SELECT c.agent_id::text FROM message m JOIN conversation c ON c.id = m.conversation_id
                    WHERE m.id = :id::uuid
                    """)
                .param("id", sent.text("/messageId"))
                .query(String.class)
                .single())
        .isEqualTo(agent);
    assertThat(
            jdbc.sql("SELECT account_id::text FROM outbound_delivery WHERE message_id = :id::uuid")
                .param("id", sent.text("/messageId"))
                .query(String.class)
                .single())
        .isEqualTo(path.split("/")[2]);
  }

  @Test
  void everyFieldIsChecked() {
    Answer none = put(key, path, Map.of());
    Answer bad =
        put(
            key,
            path,
            Map.of(
                "domains",
                List.of(
                    Map.of("domain", "no domain"),
                    Map.of("domain", "localhost"),
                    Map.of("domain", "a.test", "unmatched", "drop"),
                    Map.of(
                        "domain",
                        "b.test",
                        "rules",
                        List.of(
                            Map.of("pattern", "a*b", "agent", agent),
                            Map.of("pattern", "a", "agent", agent(fresh("else"))),
                            Map.of("pattern", "x", "agent", agent),
                            Map.of("pattern", "X ", "agent", agent),
                            Map.of())),
                    Map.of("domain", "c.test"),
                    Map.of("domain", "C.TEST"))));
    Answer many =
        put(key, path, Map.of("domains", Collections.nCopies(11, Map.of("domain", domain))));
    Answer proof = post(key, path + "/prove", Map.of("domain", domain, "by", "word of honour"));

    assertThat(none.fields()).containsExactly("domains");
    assertThat(bad.status()).isEqualTo(400);
    assertThat(bad.fields())
        .containsExactlyInAnyOrder(
            "domains[0].domain",
            "domains[1].domain",
            "domains[2].unmatched",
            "domains[3].rules[0].pattern",
            "domains[3].rules[1].agent",
            "domains[3].rules[3].pattern",
            "domains[3].rules[4].pattern",
            "domains[3].rules[4].agent",
            "domains[5].domain");
    assertThat(many.fields()).containsExactly("domains");
    assertThat(proof.fields()).containsExactly("by");
  }

  @Test
  void addressOfAnotherAgentIsNoRule() {
    String address = fresh("taken") + "@" + domain;
    account(organization, address);

    Answer refused =
        put(
            key,
            path,
            Map.of(
                "domains",
                List.of(
                    Map.of(
                        "domain",
                        domain,
                        "rules",
                        List.of(
                            Map.of(
                                "pattern",
                                address.substring(0, address.indexOf('@')),
                                "agent",
                                agent))))));

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/detail")).contains(address);
  }

  private String catchAll(String owner) {
    return "/accounts/" + account(owner, fresh("all") + "@example.test") + "/catch-all";
  }

  private Map<String, Object> body(String name, String to) {
    return Map.of(
        "domains",
        List.of(
            Map.of(
                "domain",
                name,
                "unmatched",
                "refuse",
                "rules",
                List.of(Map.of("pattern", "support", "agent", to)))));
  }

  private Answer submit(String by, String from) {
    return post(
        by,
        "/messages",
        Map.of("from", from, "to", List.of("ann@else.test"), "subject", "Hi", "text", "Hi"));
  }

  private List<String> entries() {
    return get(key, "/audit").body().findValuesAsText("action");
  }

  private Answer put(String by, String at, Object body) {
    return call(HttpMethod.PUT, by, at, body);
  }
}
