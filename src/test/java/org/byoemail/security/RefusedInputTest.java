package org.byoemail.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalServerPort;

/** A client's mistake is answered with 4xx and a problem detail that names it, never with 5xx. */
class RefusedInputTest extends WebTest {
  private static final List<String> LISTS =
      List.of(
          "messages",
          "agents",
          "accounts",
          "conversations",
          "bounces",
          "suppressions",
          "quarantine",
          "dead-letters",
          "audit",
          "events",
          "webhooks",
          "oauth-clients",
          "event-cursors",
          "accounts/connect-links");
  private static final String FORM = "multipart/form-data; boundary=abc";
  private static final String PART = "--abc\r\nContent-Disposition: form-data; name=";

  @LocalServerPort private int port;
  private String from;

  @BeforeEach
  void sender() {
    from = fresh("ada") + "@example.test";
  }

  @Test
  void parametersThatNoListHasAreRefusedByName() {
    List<String> accepted = new ArrayList<>();
    for (String list : LISTS) {
      for (String query :
          List.of(
              "organization=a%00b",
              "organization=%20",
              "organization=" + "x".repeat(7000),
              "nonsense=1",
              "cursor=a&cursor=b",
              "organization=%zz")) {
        String answer = ask("GET", "/api/v1/" + list + "?" + query);
        if (RawHttp.statusOf(answer) != 400 || !answer.contains("application/problem+json")) {
          accepted.add(list + "?" + query.substring(0, Math.min(30, query.length())));
        }
      }
    }

    assertThat(accepted).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "/messages?limit=201, limit",
    "/messages?submissionId=a%00b&organization=x, submissionId",
    "/messages?since=%2B10000-01-01T00:00:00Z, since",
    "/messages?since=%2B999999999-01-01T00:00:00Z, since",
    "/audit?actor=a%00b, actor",
    "/bounces?kind=a%00b, kind",
    "/events?cursor=a%00b, cursor",
    "/messages?status=queued&status=sent, status"
  })
  void parameterIsNamed(String path, String field) {
    String answer = ask("GET", "/api/v1" + path);

    assertThat(RawHttp.statusOf(answer)).as(answer).isEqualTo(400);
    assertThat(answer).contains("\"field\":\"" + field + "\"");
  }

  @ParameterizedTest
  @CsvSource({
    "/messages?limit=abc, limit must be a whole number",
    "/accounts/abc, id must be a UUID"
  })
  void parameterOfAnotherTypeSaysWhatItMustBe(String path, String detail) {
    String answer = ask("GET", "/api/v1" + path);

    assertThat(RawHttp.statusOf(answer)).as(answer).isEqualTo(400);
    assertThat(answer).contains(detail);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /api/v1/messages/%", "GET /api/v1/messages/[x]", "GET /api/v1/messages/a%00b",
        "GET /api/v1/messages/..%2f..", "GET /api/v1//messages", "GET /api/v1/messages;x=y",
        "GET /api/v1/messages/%2e%2e/x", "TRACE /api/v1/messages", "FOO /api/v1/messages"
      })
  void requestThatReachesNoControllerHasAProblemDetail(String request) {
    String[] parts = request.split(" ");

    String answer = ask(parts[0], parts[1]);

    assertThat(RawHttp.statusOf(answer)).as(answer).isBetween(400, 405);
    assertThat(answer).contains("application/problem+json", "\"detail\":").doesNotContain("<html");
  }

  @ParameterizedTest
  @CsvSource({
    "9000, 0, 414, uri_too_long",
    "100000, 0, 414, uri_too_long",
    "10, 9000, 431, header_too_large"
  })
  void longRequestLinesAndHeadersHaveAProblemDetail(
      int query, int header, int status, String code) {
    String answer =
        ask("GET", "/api/v1/messages?q=" + "x".repeat(query), "X-Long: " + "y".repeat(header));

    assertThat(RawHttp.statusOf(answer)).as(answer).isEqualTo(status);
    assertThat(answer)
        .contains("application/problem+json", "\"code\":\"" + code + "\"", "too l")
        .doesNotContain("xxx", "yyy")
        .hasSizeLessThan(1_000);
  }

  @ParameterizedTest
  @CsvSource({
    "nonsense, /messages, 406",
    "a/b;q=zz, /messages, 406",
    "text/html, /messages, 406",
    "nonsense, /messages?limit=0, 400",
    "nonsense, /messages/018f0000-0000-7000-8000-000000000000, 404"
  })
  void errorsAreReadableWhateverIsAccepted(String accept, String path, int status) {
    String answer = ask("GET", "/api/v1" + path, "Accept: " + accept);

    assertThat(RawHttp.statusOf(answer)).as(answer).isEqualTo(status);
    assertThat(answer).contains("application/problem+json", "\"status\":" + status);
  }

  @Test
  void brokenFormsAreTheClientsMistake() {
    List<String> bodies =
        List.of(
            "x",
            PART + "\"file\"; filename=\"a.txt\"\r\n\r\nhello",
            PART + "\"file\"; filename=\"a\0b.txt\"\r\n\r\nhello\r\n--abc--\r\n",
            PART
                + "\"file\"; filename=\"a.txt\"\r\n\r\nhello\r\n"
                + PART
                + "\"organization\"\r\n\r\na\0b\r\n--abc--\r\n");

    for (String body : bodies) {
      String answer = send("POST", "/api/v1/attachments", FORM, body);
      assertThat(RawHttp.statusOf(answer)).as(body + answer).isEqualTo(400);
    }
    String noBoundary = send("POST", "/api/v1/attachments", "multipart/form-data", "x");
    assertThat(RawHttp.statusOf(noBoundary)).as(noBoundary).isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/suppressions | {'address':'a@b.test','organization':'%s'}",
        "/webhooks | {'url':'https://b.test','organization':'%s'}",
        "/oauth-clients | {'provider':'google','kind':'authorization_code','clientId':'x','organization':'%s'}",
        "/api-keys | {'name':'a','role':'admin','organization':'%s'}",
        "/agents | {'name':'a','organization':'%s'}"
      })
  void organizationsAreCheckedByOneRule(String path, String body) {
    for (String name :
        List.of("", " ", " a", "x".repeat(12_000), "a\\u0000b", "a\\ud800", "a\\nb")) {
      Answer answer = post(ADMIN_KEY, path, body.replace('\'', '"').formatted(name));
      assertThat(answer.status()).as("%s %s", path, name).isEqualTo(400);
      assertThat(answer.fields()).as("%s %s", path, name).contains("organization");
    }
  }

  @Test
  void textAndTimesThatCannotBeStoredAreRefused() {
    assertThat(suppression("note", "\"a\\u0000b\"").fields()).containsExactly("note");
    assertThat(suppression("note", "\"a\\ud800\"").fields()).containsExactly("note");
    assertThat(suppression("expiresAt", "\"+10000-01-01T00:00:00Z\"").fields())
        .containsExactly("expiresAt");
    assertThat(suppression("expiresAt", "1800000000").fields()).containsExactly("expiresAt");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "from | 'ada' | neither an address",
        "from | ' ' | is empty",
        "to | 'mailto:a@b.test' | mailto",
        "to | 'a@b.test, c@d.test' | entry of a list",
        "to | 'A <a@b.test>, C <c@d.test>' | entry of a list",
        "to | 'team: a@b.test, c@d.test;' | group",
        "replyTo | ['a@b.test','c@d.test'] | one address",
        "bodyFormat | 'rtf' | markdown"
      })
  void submissionSaysWhatToWriteInstead(String field, String value, String reason) {
    account(fresh("ours"), from);
    String json = value.strip().startsWith("[") ? value.replace('\'', '"') : '"' + value + '"';

    Answer answer = submit("\"" + field + "\":" + json);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.fields()).containsExactly(field);
    assertThat(answer.text("/errors/0/reason")).contains(reason);
  }

  @Test
  void problemsOfTheWholeBodyNameNoField() {
    Answer array = post(ADMIN_KEY, "/messages", "[]");
    Answer cut = post(ADMIN_KEY, "/messages", "{");

    assertThat(array.status()).isEqualTo(400);
    assertThat(array.text("/detail")).isEqualTo("the request is no JSON object");
    assertThat(array.fields()).isEmpty();
    assertThat(cut.text("/detail")).contains("line 1").doesNotContain("REDACTED");
  }

  @Test
  void nullsOfMetadataAreKept() {
    account(fresh("ours"), from);

    Answer sent = submit("\"metadata\":{\"a\":null,\"b\":{\"c\":null}}");

    Answer message = get(ADMIN_KEY, "/messages/" + sent.text("/messageId"));
    assertThat(message.body().at("/metadata").toString())
        .isEqualTo("{\"a\":null,\"b\":{\"c\":null}}");
  }

  private Answer suppression(String field, String json) {
    return post(
        ADMIN_KEY,
        "/suppressions",
        "{\"address\":\"a@b.test\",\"organization\":\"x\",\"" + field + "\":" + json + "}");
  }

  private Answer submit(String field) {
    String sender = field.startsWith("\"from") ? "" : ",\"from\":\"" + from + "\"";
    String to = field.startsWith("\"to\"") ? "" : ",\"to\":\"ben@else.test\"";
    return post(
        ADMIN_KEY, "/messages", "{" + field + sender + to + ",\"subject\":\"s\",\"body\":\"b\"}");
  }

  private String ask(String method, String path, String... fields) {
    String[] all = java.util.Arrays.copyOf(fields, fields.length + 1);
    all[fields.length] = "Authorization: Bearer " + ADMIN_KEY;
    return RawHttp.ask(port, method, path, all);
  }

  private String send(String method, String path, String type, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    try (RawHttp connection = new RawHttp(port)) {
      return connection
          .send(
              RawHttp.head(
                      method,
                      path,
                      "Connection: close",
                      "Authorization: Bearer " + ADMIN_KEY,
                      "Content-Type: " + type,
                      "Content-Length: " + bytes.length)
                  + new String(bytes, StandardCharsets.ISO_8859_1))
          .rest();
    }
  }
}
