package org.byoemail.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;

class ConnectLinksApiTest extends WebTest {
  private static final String PATH = "/accounts/connect-links";

  private String organization;
  private String agent;

  @BeforeEach
  void agent() {
    organization = fresh("acme");
    agent = agent(organization);
  }

  @Test
  void urlIsToldOnceAndKeptAsAHash() {
    Answer made = post(ADMIN_KEY, PATH, Map.of("agent", agent));
    String url = made.text("/url");
    String token = url.substring(url.lastIndexOf('/') + 1);

    assertThat(made.status()).isEqualTo(201);
    assertThat(url).matches("https://gateway.example.test/connect/[A-Za-z0-9_-]{43}");
    assertThat(get(ADMIN_KEY, PATH + "/" + made.text("/id")).body().has("url")).isFalse();
    assertThat(get(ADMIN_KEY, PATH + "?organization=" + organization).body().toString())
        .contains(made.text("/id"))
        .doesNotContain(token);
    assertThat(
            jdbc.sql("SELECT connect_link::text FROM connect_link WHERE id = :id::uuid")
                .param("id", made.text("/id"))
                .query(String.class)
                .single())
        .doesNotContain(token);
  }

  @Test
  void linkIsValidForADayUnlessItSaysOtherwise() {
    String day = post(ADMIN_KEY, PATH, Map.of("agent", agent)).text("/id");
    String week = post(ADMIN_KEY, PATH, Map.of("agent", agent, "expiresIn", 604_800)).text("/id");

    assertThat(validity(day)).isEqualTo(86_400);
    assertThat(validity(week)).isEqualTo(604_800);
  }

  private long validity(String id) {
    return jdbc.sql(
            "SELECT extract(epoch FROM expires_at - created_at)::bigint FROM connect_link WHERE id = :id::uuid")
        .param("id", id)
        .query(Long.class)
        .single();
  }

  @ParameterizedTest
  @CsvSource({
    "expiresIn, 59, expiresIn",
    "expiresIn, 604801, expiresIn",
    "address, nobody, address",
    "providers, none, providers[0]",
  })
  void invalidFieldIsNamed(String field, String value, String named) {
    Object given =
        field.equals("expiresIn")
            ? Integer.valueOf(value)
            : field.equals("providers") ? List.of(value) : value;

    Answer refused = create(Map.of(field, given));

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.fields()).containsExactly(named);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example/connected",
        "https://platform.example/other",
        "https://platform.example/connected/",
        "https://platform.example/connected/../connected",
        "https://platform.example/%63onnected",
        "https://platform.example:8443/connected",
        "https://platform.example.evil.test/connected",
        "https://platform.example@evil.test/connected",
        "https://evil.test\\@platform.example/connected",
        "https://platform.example/connected?next=https://evil.test",
        "https://platform.example/connected#x",
        "http://platform.example/connected",
        "//platform.example/connected",
        "javascript:alert(1)",
        "https://platform.example/connected\r\nX: y",
        ""
      })
  void browserIsLedNowhereElse(String url) {
    Answer refused = create(Map.of("returnUrl", url));

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.fields()).containsExactly("returnUrl");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        RETURN_URL,
        "HTTPS://PLATFORM.example/connected",
        "https://platform.example:443/connected"
      })
  void allowedReturnUrlIsTakenAsItIsConfigured(String url) {
    Answer made = create(Map.of("returnUrl", url, "state", "x"));

    assertThat(made.status()).isEqualTo(201);
    assertThat(made.text("/returnUrl")).isEqualTo(RETURN_URL);
  }

  @Test
  void stateHasNoControlCharactersAndAnEnd() {
    for (String state : List.of("a\r\nLocation: https://evil.test", "x".repeat(501), "a\u0000b")) {
      Answer refused = create(Map.of("returnUrl", RETURN_URL, "state", state));

      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.fields()).containsExactly("state");
    }
    assertThat(create(Map.of("state", "x")).fields()).containsExactly("state");
  }

  @Test
  void agentOrAccountIsNeededAndNotBoth() {
    String account = account(organization, fresh("ada") + "@example.test");

    assertThat(post(ADMIN_KEY, PATH, Map.of()).fields()).containsExactly("agent");
    assertThat(create(Map.of("account", account)).fields()).containsExactly("agent");
    assertThat(post(ADMIN_KEY, PATH, Map.of("account", account)).status()).isEqualTo(201);
    assertThat(
            post(ADMIN_KEY, PATH, Map.of("account", account, "address", "a@example.test")).fields())
        .containsExactly("address");
  }

  @Test
  void addressOfAnotherAgentIsRefusedInItsOrganizationAndNotToldToOthers() {
    String address = fresh("ada") + "@example.test";
    account(organization, address);
    String elsewhere = agent(fresh("elsewhere"));

    Answer ours = create(Map.of("address", address));
    Answer theirs = post(ADMIN_KEY, PATH, Map.of("agent", elsewhere, "address", address));

    assertThat(ours.status()).isEqualTo(409);
    assertThat(theirs.status()).isEqualTo(201);
  }

  @Test
  void mendingLinkInAnEventIsForThoseWhoMayMakeLinks() throws Exception {
    UUID event = UUID.randomUUID();
    jdbc.sql(
            """
            INSERT INTO event (id, position, organization, type, sequence, body, created_at)
            VALUES (:id, :position, :organization, 'account.needs_reauthorization', 1,
              '{"provider":"google","error":"invalid_grant","reason":"revoked","link":"https://secret.test/"}', now())
            """)
        .param("id", event)
        .param("position", -Math.abs(event.getMostSignificantBits() / 2))
        .param("organization", organization)
        .update();

    JsonNode read = event(key("producer", organization), event);
    JsonNode mended = event(key("operator", organization), event);

    assertThat(read.at("/data/reason").asText()).isEqualTo("revoked");
    assertThat(read.at("/data/link").isNull()).isTrue();
    assertThat(mended.at("/data/link").asText()).isEqualTo("https://secret.test/");
  }

  /** Not as other answers, which are checked: its position is that of no event. */
  private JsonNode event(String key, UUID id) throws Exception {
    return JSON.readTree(
        mvc.perform(
                MockMvcRequestBuilders.get("/api/v1/events/" + id)
                    .header("Authorization", "Bearer " + key))
            .andReturn()
            .getResponse()
            .getContentAsByteArray());
  }

  @Test
  void serversAreThoseFoundWhereAnAddressIsGiven() {
    Answer fixed = create(Map.of("address", fresh("ada") + "@example.test"));
    Answer open = create(Map.of());
    Answer wrong = create(Map.of("servers", "mine"));

    assertThat(fixed.text("/servers")).isEqualTo("discovered");
    assertThat(open.text("/servers")).isEqualTo("any");
    assertThat(wrong.fields()).containsExactly("servers");
  }

  @Test
  void applicationIsNamedAloneForAnAddressAndByAClientOfTheOrganization() {
    String address = fresh("ada") + "@example.test";
    String application = "test:client_credentials";
    Answer early = create(Map.of("address", address, "providers", List.of(application)));
    Answer client =
        post(
            ADMIN_KEY,
            "/oauth-clients",
            Map.of(
                "organization", organization,
                "provider", "test",
                "kind", "client_credentials",
                "clientId", "app",
                "secret", "secret"));
    String account = account(organization, fresh("ben") + "@example.test");
    String elsewhere = agent(fresh("elsewhere"));

    Answer made = create(Map.of("address", address, "providers", List.of(application)));

    assertThat(client.status()).as(client.body().toString()).isEqualTo(201);
    assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
    assertThat(made.body().path("providers").toString()).isEqualTo("[\"" + application + "\"]");
    for (Answer refused :
        List.of(
            early,
            create(Map.of("providers", List.of(application))),
            create(Map.of("address", address, "providers", List.of(application, "password"))),
            create(Map.of("address", address, "providers", List.of("test:service_account"))),
            create(Map.of("address", address, "providers", List.of("test:authorization_code"))),
            create(Map.of("address", address, "providers", List.of("test:"))),
            create(Map.of("address", address, "providers", List.of("other:client_credentials"))),
            post(ADMIN_KEY, PATH, Map.of("account", account, "providers", List.of(application))),
            post(
                ADMIN_KEY,
                PATH,
                Map.of(
                    "agent", elsewhere, "address", address, "providers", List.of(application))))) {
      assertThat(refused.status()).as(refused.body().toString()).isEqualTo(400);
      assertThat(refused.fields()).as(refused.body().toString()).containsExactly("providers[0]");
    }
  }

  @Test
  void revokedLinkIsTold() {
    String id = create(Map.of()).text("/id");

    assertThat(delete(key("operator", organization), PATH + "/" + id).status()).isEqualTo(204);
    assertThat(get(ADMIN_KEY, PATH + "/" + id).text("/status")).isEqualTo("revoked");
    assertThat(delete(ADMIN_KEY, PATH + "/" + id).status()).isEqualTo(409);
    assertThat(
            jdbc.sql("SELECT action FROM audit_entry WHERE subject = :id::uuid ORDER BY at, id")
                .param("id", id)
                .query(String.class)
                .list())
        .containsExactly("connect_link.created", "connect_link.revoked");
  }

  private Answer create(Map<String, Object> more) {
    Map<String, Object> body = new HashMap<>(Map.of("agent", agent));
    body.putAll(more);
    return post(ADMIN_KEY, PATH, body);
  }
}
