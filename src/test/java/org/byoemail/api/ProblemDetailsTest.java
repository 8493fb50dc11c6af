package org.byoemail.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;

class ProblemDetailsTest extends WebTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"nam\": \"x\"}                                            | nam",
        "{\"name\": 5}                                               | name",
        "{\"name\": \"\"}                                            | name",
        "{\"name\": \"a\\nb\"}                                       | name",
        "{\"name\": \"x\", \"organization\": \" \"}                  | organization",
        "{\"name\": \"x\", \"contactPolicy\": {\"inbound\": \"all\"}} | contactPolicy.inbound",
        "{\"name\": \"x\", \"kind\": \"spy\"}                          | kind",
        "{\"name\": \"x\", \"contactPolicy\": {\"in\": \"open\"}}    | contactPolicy.in",
        "{\"name\": \"x\", \"contactPolicy\": {\"contacts\": [\"a@b.test\", \"nobody\"]}} |"
            + " contactPolicy.contacts[1]",
        "{\"name\": \"x\", \"contactPolicy\": []}                    | contactPolicy"
      })
  void refusedAgentNamesTheField(String body, String field) {
    Answer answer = post(ADMIN_KEY, "/agents", body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.response().getContentType()).isEqualTo("application/problem+json");
    assertThat(answer.fields()).as(answer.body().toString()).containsExactly(field);
    assertThat(answer.text("/errors/0/reason")).isNotBlank();
  }

  @Test
  void everyWrongFieldOfAnAccountIsNamedAtOnce() {
    Answer answer =
        post(
            ADMIN_KEY,
            "/accounts",
            Map.of(
                "address",
                "nobody",
                "displayName",
                "a\r\nBcc: x@y.test",
                "smtp",
                Map.of("host", "", "port", 70000, "security", "tls"),
                "imap",
                Map.of("host", "h.test", "auth", "plain", "pollInterval", 5)));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.fields())
        .containsExactlyInAnyOrder(
            "agent",
            "address",
            "displayName",
            "smtp.host",
            "smtp.port",
            "smtp.security",
            "imap.password",
            "imap.pollInterval");
  }

  @Test
  void brokenJsonIsToldByItsPlaceOnly() {
    Answer answer = post(ADMIN_KEY, "/agents", "{\"name\": secret-text}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("/detail")).contains("line 1").doesNotContain("secret-text");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /agents/not-an-id, 400, id",
    "GET, /agents?limit=0, 400, limit",
    "GET, /agents?limit=many, 400, limit",
    "GET, /agents?cursor=here, 400, cursor"
  })
  void badParameterIsNamed(String method, String path, int status, String field) {
    Answer answer = call(HttpMethod.valueOf(method), ADMIN_KEY, path, null);

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.fields()).containsExactly(field);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /agents/018f0000-0000-7000-8000-000000000000, 404",
    "GET, /no-such-thing, 404",
    "PUT, /agents, 405",
    "DELETE, /api-keys/018f0000-0000-7000-8000-000000000000, 404"
  })
  void whatIsNotThereIsAProblemToo(String method, String path, int status) {
    Answer answer = call(HttpMethod.valueOf(method), ADMIN_KEY, path, null);

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.response().getContentType()).isEqualTo("application/problem+json");
    assertThat(answer.text("/status")).isEqualTo(String.valueOf(status));
  }

  @Test
  void otherContentTypeIsRefused() {
    Answer answer =
        send(
            MockMvcRequestBuilders.post("/api/v1/agents")
                .header("Authorization", "Bearer " + ADMIN_KEY)
                .contentType(MediaType.TEXT_PLAIN)
                .content("name=x"));

    assertThat(answer.status()).isEqualTo(415);
    assertThat(answer.response().getContentType()).isEqualTo("application/problem+json");
  }

  @Test
  void deepNestingIsRefused() {
    Answer answer = post(ADMIN_KEY, "/agents", "[".repeat(20_000));

    assertThat(answer.status()).isEqualTo(400);
  }

  @Test
  void patchNamesUnknownFieldsThatAreNull() {
    String agent = agent("default");

    Answer answer = patch(ADMIN_KEY, "/agents/" + agent, "{\"nmae\": null}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.fields()).isEqualTo(List.of("nmae"));
  }

  @Test
  void patchKeepsWhatItDoesNotName() {
    String agent =
        post(
                ADMIN_KEY,
                "/agents",
                Map.of("name", "Ada", "contactPolicy", Map.of("contacts", List.of("@x.test"))))
            .text("/id");

    Answer answer =
        patch(ADMIN_KEY, "/agents/" + agent, Map.of("contactPolicy", Map.of("inbound", "listed")));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text("/name")).isEqualTo("Ada");
    assertThat(answer.text("/contactPolicy/inbound")).isEqualTo("listed");
    assertThat(answer.text("/contactPolicy/contacts/0")).isEqualTo("@x.test");
  }

  @Test
  void findingsOfAnAgentAreOfKnownKindsAndActions() {
    Map<String, Object> wanted = Map.of("macro-file", "hold", "form", "allow");
    Answer made =
        post(
            ADMIN_KEY,
            "/agents",
            Map.of("name", "Ada", "contactPolicy", Map.of("findings", wanted)));
    Answer renamed = patch(ADMIN_KEY, "/agents/" + made.text("/id"), Map.of("name", "Eve"));
    Answer kind =
        patch(
            ADMIN_KEY,
            "/agents/" + made.text("/id"),
            Map.of("contactPolicy", Map.of("findings", Map.of("virus", "hold"))));
    Answer action =
        patch(
            ADMIN_KEY,
            "/agents/" + made.text("/id"),
            Map.of("contactPolicy", Map.of("findings", Map.of("form", "delete"))));

    assertThat(made.text("/contactPolicy/findings/macro-file")).isEqualTo("hold");
    assertThat(renamed.text("/contactPolicy/findings/form")).isEqualTo("allow");
    assertThat(kind.status()).isEqualTo(400);
    assertThat(kind.text("/errors/0/reason")).contains("double-extension");
    assertThat(action.text("/errors/0/field")).isEqualTo("contactPolicy.findings.form");
    assertThat(action.text("/errors/0/reason")).isEqualTo("must be one of allow, mark, hold");
  }

  @ParameterizedTest
  @CsvSource({
    "assistant, known, hold, new-correspondents, ''",
    "support, open, hold, never, review",
    "back-office, listed, hold, external, ''",
    "newsletters, open, admit, always, ''",
    "outreach, known, hold, never, ''"
  })
  void kindOfANewAgentOffersItsPolicy(
      String kind, String inbound, String unproven, String reviewed, String findings) {
    Answer made = post(ADMIN_KEY, "/agents", Map.of("name", "Ada", "kind", kind));
    Answer stricter =
        post(
            ADMIN_KEY,
            "/agents",
            Map.of("name", "Ada", "kind", kind, "contactPolicy", Map.of("inbound", "listed")));
    Answer changed = patch(ADMIN_KEY, "/agents/" + made.text("/id"), Map.of("kind", "back-office"));

    assertThat(made.text("/contactPolicy/inbound")).isEqualTo(inbound);
    assertThat(made.text("/contactPolicy/unproven")).isEqualTo(unproven);
    assertThat(made.text("/sendingPolicy/review/when")).isEqualTo(reviewed);
    assertThat(made.text("/sendingPolicy/findings/bank-account")).isEqualTo(findings);
    assertThat(stricter.text("/contactPolicy/unproven")).isEqualTo("hold");
    assertThat(stricter.text("/contactPolicy/inbound")).isEqualTo("listed");
    assertThat(changed.status()).isEqualTo(400);
    assertThat(changed.text("/errors/0/field")).isEqualTo("kind");
  }
}
