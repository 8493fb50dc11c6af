package org.byoemail.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpMethod;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;

class AccessTest extends WebTest {

  @Test
  void requestWithoutKeyIsAskedForOne() {
    Answer answer = send(MockMvcRequestBuilders.get("/api/v1/agents"));

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.response().getHeader("WWW-Authenticate")).startsWith("Bearer");
    assertThat(answer.response().getContentType()).isEqualTo("application/problem+json");
    assertThat(answer.text("/status")).isEqualTo("401");
  }

  @Test
  void wrongKeyIsRefusedAndNotRepeated() {
    Answer answer = get("byo_wrong-key-that-nobody-has", "/agents");

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.response().getHeader("WWW-Authenticate")).contains("invalid_token");
    assertThat(answer.body().toString()).doesNotContain("byo_wrong");
  }

  @Test
  void basicLoginDoesNotOpenTheApi() {
    Answer answer =
        send(
            MockMvcRequestBuilders.get("/api/v1/agents")
                .header("Authorization", "Basic YWRtaW46YWRtaW4="));

    assertThat(answer.status()).isEqualTo(401);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /agents, operator",
    "POST, /agents, operator",
    "GET, /accounts, operator",
    "POST, /accounts, operator",
    "GET, /quarantine, operator",
    "GET, /held, operator",
    "GET, /bounces, operator",
    "POST, /messages/018f0000-0000-7000-8000-000000000000/resend, operator",
    "POST, /messages/018f0000-0000-7000-8000-000000000000/release, operator",
    "GET, /api-keys, admin",
    "POST, /api-keys, admin",
    "DELETE, /agents/018f0000-0000-7000-8000-000000000000, admin",
    "DELETE, /accounts/018f0000-0000-7000-8000-000000000000, admin"
  })
  void producerIsToldTheRoleItLacks(String method, String path, String needed) {
    Answer answer = call(HttpMethod.valueOf(method), key("producer", null), path, null);

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.text("/detail")).isEqualTo("this needs the role " + needed);
  }

  @Test
  void operatorMakesNoKeysAndDeletesNoAgents() {
    String operator = key("operator", null);
    String agent = agent("default");

    assertThat(post(operator, "/api-keys", Map.of("name", "x", "role", "admin")).status())
        .isEqualTo(403);
    assertThat(delete(operator, "/agents/" + agent).status()).isEqualTo(403);
    assertThat(get(operator, "/agents/" + agent).status()).isEqualTo(200);
  }

  @Test
  void keySeesItsOwnOrganizationOnly() {
    String ours = fresh("ours");
    String theirs = fresh("theirs");
    String operator = key("operator", ours);
    String own = agent(ours);
    String foreign = agent(theirs);

    Answer list = get(operator, "/agents");
    Answer foreignAgent = get(operator, "/agents/" + foreign);
    Answer foreignPatch = patch(operator, "/agents/" + foreign, Map.of("name", "taken"));
    Answer foreignList = get(operator, "/agents?organization=" + theirs);
    Answer foreignNew = post(operator, "/agents", Map.of("name", "spy", "organization", theirs));

    assertThat(list.body().at("/items").findValuesAsText("id")).containsExactly(own);
    assertThat(foreignAgent.status()).isEqualTo(404);
    assertThat(foreignPatch.status()).isEqualTo(404);
    assertThat(foreignList.status()).isEqualTo(403);
    assertThat(foreignNew.status()).isEqualTo(403);
  }

  @Test
  void agentMadeByKeyOfAnOrganizationBelongsToIt() {
    String ours = fresh("ours");

    Answer made = post(key("operator", ours), "/agents", Map.of("name", "Ada"));

    assertThat(made.status()).isEqualTo(201);
    assertThat(made.text("/organization")).isEqualTo(ours);
  }

  @Test
  void adminOfAnOrganizationMakesAndSeesKeysOfItOnly() {
    String ours = fresh("ours");
    String admin = key("admin", ours);
    key("producer", fresh("theirs"));

    Answer own = post(admin, "/api-keys", Map.of("name", "n", "role", "producer"));
    Answer foreign =
        post(admin, "/api-keys", Map.of("name", "n", "role", "producer", "organization", "x"));
    Answer list = get(admin, "/api-keys");

    assertThat(own.text("/organization")).isEqualTo(ours);
    assertThat(foreign.status()).isEqualTo(403);
    assertThat(list.body().at("/items").findValuesAsText("organization")).containsOnly(ours);
  }

  @Test
  void keyIsShownOnceAndKeptAsHash() {
    Answer made = post(ADMIN_KEY, "/api-keys", Map.of("name", fresh("key"), "role", "producer"));
    String secret = made.text("/key");
    String list = items(ADMIN_KEY, "/api-keys").toString();

    assertThat(secret).startsWith("byo_").hasSizeGreaterThan(40);
    assertThat(list).contains(made.text("/id")).doesNotContain(secret);
    assertThat(
            jdbc.sql("SELECT k::text FROM api_key k WHERE id = :id::uuid")
                .param("id", made.text("/id"))
                .query(String.class)
                .single())
        .doesNotContain(secret);
  }

  @Test
  void deletedKeyOpensNothing() {
    Answer made = post(ADMIN_KEY, "/api-keys", Map.of("name", fresh("key"), "role", "operator"));

    int before = get(made.text("/key"), "/agents").status();
    int deleted = delete(ADMIN_KEY, "/api-keys/" + made.text("/id")).status();
    int after = get(made.text("/key"), "/agents").status();

    assertThat(before).isEqualTo(200);
    assertThat(deleted).isEqualTo(204);
    assertThat(after).isEqualTo(401);
  }

  @Test
  void consoleAsksForALogin() {
    Answer page = send(MockMvcRequestBuilders.get("/console").accept("text/html"));

    assertThat(page.status()).isEqualTo(302);
    assertThat(page.response().getRedirectedUrl()).endsWith("/login");
  }

  @Test
  void healthIsOpenAndItsDetailsAreNot() {
    Answer stranger = send(MockMvcRequestBuilders.get("/actuator/health"));
    Answer operator =
        send(
            MockMvcRequestBuilders.get("/actuator/health")
                .header("Authorization", "Bearer " + ADMIN_KEY));

    assertThat(stranger.text("/status")).isNotEmpty();
    assertThat(stranger.body().has("components")).isFalse();
    assertThat(operator.body().has("components")).isTrue();
  }

  @Test
  void otherActuatorEndpointsAskForAKey() {
    assertThat(send(MockMvcRequestBuilders.get("/actuator/info")).status()).isEqualTo(401);
    assertThat(
            send(MockMvcRequestBuilders.get("/actuator/info")
                    .header("Authorization", "Bearer " + ADMIN_KEY))
                .status())
        .isEqualTo(200);
  }

  @Test
  void apiIsDescribedToEverybody() {
    Answer answer = send(MockMvcRequestBuilders.get("/api/v1/openapi.json"));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().path("paths").fieldNames())
        .toIterable()
        .contains(
            "/api/v1/agents",
            "/api/v1/accounts/{id}/test-smtp",
            "/api/v1/messages",
            "/api/v1/messages/{id}/raw",
            "/api/v1/attachments",
            "/api/v1/events",
            "/api/v1/api-keys")
        .allMatch(path -> path.startsWith("/api/v1/"));
    assertThat(answer.body().at("/components/securitySchemes/key/scheme").asText())
        .isEqualTo("bearer");
    assertThat(answer.body().at("/paths/~1api~1v1~1agents/get/parameters").findValuesAsText("name"))
        .doesNotContain("caller");
  }
}
