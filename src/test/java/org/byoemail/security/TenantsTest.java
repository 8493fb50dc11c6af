package org.byoemail.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.byoemail.support.GreenMailServer;
import org.byoemail.support.MailUser;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.http.HttpMethod;

/** What one organisation can do with the login and the address of another. */
class TenantsTest extends WebTest {
  @RegisterExtension static final GreenMailServer SERVER = GreenMailServer.shared();

  private static final String WRONG = "not-the-password";

  private String ours;
  private String theirs;
  private String ourKey;
  private String theirKey;
  private MailUser ada;

  @BeforeEach
  void organizations() {
    ours = fresh("ours");
    theirs = fresh("theirs");
    ourKey = key("operator", ours);
    theirKey = key("operator", theirs);
    ada = SERVER.freshUser("ada");
  }

  @Test
  void whoNamesAnAddressAndALoginIsToldNothingAndHindersNobody() {
    String squatter = made(theirKey, theirs, ada.address(), WRONG);
    String account = made(ourKey, ours, ada.address(), ada.password());

    receive(ourKey, account);
    send(ourKey, account);

    assertThat(get(ourKey, account).text("/inboundEnabled")).isEqualTo("true");
    assertThat(get(theirKey, squatter).text("/address")).isEqualTo(ada.address());
    assertThat(get(theirKey, squatter).body().at("/health/imap/error").isNull()).isTrue();
  }

  @Test
  void wrongPasswordForATakenMailboxReadsAsForAFreeOne() {
    receive(ourKey, made(ourKey, ours, ada.address(), ada.password()));
    String taken = made(theirKey, theirs, ada.address(), WRONG);
    MailUser ben = SERVER.freshUser("ben");
    String free = made(theirKey, theirs, ben.address(), WRONG);

    Answer ofTaken = post(theirKey, taken + "/test-imap", null);
    Answer ofFree = post(theirKey, free + "/test-imap", null);
    Answer enabled = patch(theirKey, taken, Map.of("inboundEnabled", true));

    assertThat(ofTaken.status()).isEqualTo(ofFree.status());
    assertThat(ofTaken.body()).isEqualTo(ofFree.body());
    assertThat(enabled.status()).isEqualTo(409);
    assertThat(enabled.text("/detail")).contains("test-imap");
  }

  @Test
  void mailboxIsKeptByWhoReceivesFromItAndTheOtherIsToldOfNobody() {
    String account = made(ourKey, ours, ada.address(), ada.password());
    receive(ourKey, account);
    Answer made =
        create(
            theirKey,
            theirs,
            fresh("else") + "@example.test",
            ada.address().toUpperCase(Locale.ROOT),
            ada.password());
    String other = "/accounts/" + made.text("/id");

    Answer proved = post(theirKey, other + "/test-imap", null);
    Answer enabled = patch(theirKey, other, Map.of("inboundEnabled", true));

    assertThat(proved.status()).isEqualTo(409);
    assertThat(proved.text("/detail")).contains("ask the operator of this platform");
    assertThat(proved.body().toString()).doesNotContain(ours, account.substring(10), "another");
    assertThat(enabled.status()).isEqualTo(409);
    assertThat(get(ourKey, account).text("/inboundEnabled")).isEqualTo("true");
    assertThat(get(ourKey, account).text("/status")).isEqualTo("active");
  }

  @Test
  void mailboxIsTakenOverFromWhoNoLongerReceives() {
    String account = made(ourKey, ours, ada.address(), ada.password());
    receive(ourKey, account);
    patch(ourKey, account, Map.of("inboundEnabled", false));
    String other = made(theirKey, theirs, ada.address(), ada.password());

    receive(theirKey, other);

    Answer former = patch(ourKey, account, Map.of("inboundEnabled", true));
    assertThat(former.status()).isEqualTo(409);
    assertThat(former.text("/detail")).contains("test-imap");
    assertThat(get(ourKey, account).text("/health/imap/error")).contains("test the IMAP settings");
    assertThat(get(ourKey, account).body().toString()).doesNotContain(theirs);
  }

  @Test
  void whoNamesAnAddressAsAnAliasIsToldNothingAndSendsFromItOnlyOnceProved() {
    send(ourKey, made(ourKey, ours, ada.address(), ada.password()));
    MailUser ben = SERVER.freshUser("ben");
    Answer made = create(theirKey, theirs, ben.address(), ben.address(), ben.password());
    String other = "/accounts/" + made.text("/id");
    send(theirKey, other);
    receive(theirKey, other);
    Map<String, Object> ofAda = Map.of("aliases", List.of(ada.address()));
    Map<String, Object> ofNobody = Map.of("aliases", List.of(fresh("nobody") + "@example.test"));

    Answer free = call(HttpMethod.PUT, theirKey, other + "/aliases", ofNobody);
    Answer taken = call(HttpMethod.PUT, theirKey, other + "/aliases", ofAda);
    Answer own =
        call(
            HttpMethod.PUT,
            theirKey,
            other + "/aliases",
            Map.of("aliases", List.of(ben.address())));

    assertThat(taken.status()).isEqualTo(free.status()).isEqualTo(200);
    assertThat(taken.text("/aliases/0/state")).isEqualTo("unproved");
    assertThat(own.status()).isEqualTo(400);
    assertThat(submit(theirKey, ada.address()).status()).isEqualTo(400);
    assertThat(get(theirKey, other + "/aliases").body().toString()).doesNotContain(ours);
  }

  @Test
  void addressIsOneAccountsWithinItsOrganizationOnly() {
    made(ourKey, ours, ada.address(), WRONG);
    made(theirKey, theirs, ada.address(), WRONG);

    for (String key : new String[] {ourKey, theirKey}) {
      String organization = key.equals(ourKey) ? ours : theirs;
      assertThat(create(key, organization, ada.address(), WRONG).status()).isEqualTo(409);
    }
  }

  @Test
  void mailFromAnAddressOfBothIsThatOfTheOwnAccount() {
    String account = made(ourKey, ours, ada.address(), ada.password());
    send(ourKey, account);
    String other = made(theirKey, theirs, ada.address(), WRONG);

    String mail = submitted(theirKey, ada.address());
    String own = submitted(ourKey, ada.address());

    assertThat(accountOf(mail)).isEqualTo(other.substring("/accounts/".length()));
    assertThat(accountOf(own)).isEqualTo(account.substring("/accounts/".length()));
    assertThat(get(ourKey, "/messages/" + mail).status()).isEqualTo(404);
  }

  @Test
  void addressOfAnotherReadsAsOneThatNobodyHas() {
    made(ourKey, ours, ada.address(), ada.password());

    Answer taken = submit(theirKey, ada.address());
    Answer free = submit(theirKey, fresh("nobody") + "@example.test");

    assertThat(taken.status()).isEqualTo(400);
    assertThat(taken.text("/errors/0/message")).isEqualTo(free.text("/errors/0/message"));
  }

  @Test
  void whoProvesAnAddressHasItAsAnEndpoint() {
    String squatter = made(theirKey, theirs, ada.address(), WRONG);
    String account = made(ourKey, ours, ada.address(), ada.password());

    send(ourKey, account);

    assertThat(
            jdbc.sql(
                    """
                    SELECT g.organization FROM endpoint e JOIN agent g ON g.id = e.owner_agent_id
                    WHERE e.address = :address
                    """)
                .param("address", ada.address())
                .query(String.class)
                .single())
        .isEqualTo(ours);
    assertThat(get(theirKey, squatter).text("/address")).isEqualTo(ada.address());
    assertThat(accountOf(submitted(theirKey, ada.address())))
        .isEqualTo(squatter.substring("/accounts/".length()));
  }

  private Answer create(String key, String organization, String address, String password) {
    return create(key, organization, address, ada.address(), password);
  }

  private Answer create(
      String key, String organization, String address, String login, String password) {
    return post(
        key,
        "/accounts",
        Map.of(
            "agent",
            agent(organization),
            "address",
            address,
            "smtp",
            server(SERVER.smtpPort(), login, password),
            "imap",
            server(SERVER.imapPort(), login, password)));
  }

  private String made(String key, String organization, String address, String password) {
    Answer made = create(key, organization, address, password);
    assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
    return "/accounts/" + made.text("/id");
  }

  private static Map<String, Object> server(int port, String login, String password) {
    return Map.of(
        "host",
        SERVER.host(),
        "port",
        port,
        "security",
        "none",
        "auth",
        "plain",
        "username",
        login,
        "password",
        password);
  }

  private void receive(String key, String account) {
    passes(post(key, account + "/test-imap", null));
    assertThat(patch(key, account, Map.of("inboundEnabled", true)).status()).isEqualTo(200);
  }

  private void send(String key, String account) {
    passes(post(key, account + "/test-smtp", null));
    assertThat(patch(key, account, Map.of("outboundEnabled", true)).status()).isEqualTo(200);
  }

  private static void passes(Answer test) {
    assertThat(test.body().path("ok").asBoolean()).as(test.body().toString()).isTrue();
  }

  private Answer submit(String key, String from) {
    return post(
        key,
        "/messages",
        Map.of("id", fresh("mail"), "from", from, "to", "ben@example.test", "text", "Hello"));
  }

  private String submitted(String key, String from) {
    Answer accepted = submit(key, from);
    assertThat(accepted.status()).as(accepted.body().toString()).isEqualTo(202);
    return accepted.text("/messageId");
  }

  private String accountOf(String message) {
    return jdbc.sql("SELECT account_id::text FROM outbound_delivery WHERE message_id = :id::uuid")
        .param("id", message)
        .query(String.class)
        .single();
  }
}
