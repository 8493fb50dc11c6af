package org.byoemail.security;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.Cookie;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.MvcResult;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;

/**
 * What somebody without a login gets from the pages, and what keys of one organisation are not
 * told.
 */
class VisitorsTest extends WebTest {
  private static final Pattern TOKEN = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");

  @Test
  void loginWithoutASessionNeedsTheTokenOfItsPage() throws Exception {
    MockHttpServletResponse page = perform(MockMvcRequestBuilders.get("/login"));
    Cookie cookie = page.getCookie("byo-csrf");
    Matcher token = TOKEN.matcher(page.getContentAsString());
    assertThat(token.find()).isTrue();

    MvcResult forged = login(cookie, "another");
    MvcResult withoutCookie = login(null, token.group(1));
    MvcResult right = login(cookie, token.group(1));

    assertThat(cookie.isHttpOnly()).isTrue();
    assertThat(forged.getResponse().getStatus()).isEqualTo(403);
    assertThat(withoutCookie.getResponse().getStatus()).isEqualTo(403);
    assertThat(forged.getResponse().getCookie("byo-session")).isNull();
    assertThat(right.getResponse().getRedirectedUrl()).isEqualTo("/console");
    assertThat(right.getRequest().getSession(false)).isNull();
    assertThat(right.getResponse().getCookie("byo-session"))
        .satisfies(
            session -> {
              assertThat(session.isHttpOnly()).isTrue();
              assertThat(session.getPath()).isEqualTo("/");
            });
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /, text/html",
    "GET, /console/outbox?status=failed, text/html",
    "GET, /login, text/html",
    "GET, /api/v1/agents, application/json",
    "POST, /api/v1/agents, application/json",
    "POST, /login, text/html",
    "POST, /console/accounts, text/html",
    "POST, /actuator/health, text/html",
    "GET, /actuator/info, text/html"
  })
  void visitorMakesNoSession(String method, String path, String accept) throws Exception {
    MvcResult answer =
        mvc.perform(
                MockMvcRequestBuilders.request(
                        HttpMethod.valueOf(method), java.net.URI.create(path))
                    .accept(accept))
            .andReturn();

    assertThat(answer.getRequest().getSession(false)).isNull();
    assertThat(answer.getResponse().getCookie("byo-session")).isNull();
  }

  @Test
  void pageThatWasAskedForIsShownAfterTheLogin() throws Exception {
    MockHttpServletResponse asked =
        perform(MockMvcRequestBuilders.get(java.net.URI.create("/console/outbox?status=failed")));

    String after = afterLogin(asked.getCookie("byo-page"));

    assertThat(asked.getRedirectedUrl()).isEqualTo("/login");
    assertThat(after).isEqualTo("/console/outbox?status=failed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.test/",
        "//evil.test/console",
        "/console/..//evil.test",
        "/console@evil.test",
        "/console\r\nX: y",
        "/logout"
      })
  void loginLeadsNowhereElse(String page) throws Exception {
    String value =
        Base64.getUrlEncoder().encodeToString(page.getBytes(StandardCharsets.ISO_8859_1));

    assertThat(afterLogin(new Cookie("byo-page", value)))
        .satisfiesAnyOf(
            to -> assertThat(to).isEqualTo("/console"),
            to -> assertThat(to).startsWith("/console/").doesNotContain("//"));
  }

  @Test
  void keyOfAnOrganizationSeesNoDetailsOfHealth() {
    String theirs = key("admin", fresh("theirs"));

    Answer health = actuator(theirs, "/actuator/health");
    Answer all = actuator(key("operator", null), "/actuator/health");

    assertThat(health.text("/status")).isNotEmpty();
    assertThat(health.body().has("components")).isFalse();
    assertThat(all.body().has("components")).isTrue();
    assertThat(actuator(theirs, "/actuator/health/db").status()).isEqualTo(404);
    assertThat(actuator(theirs, "/actuator/info").status()).isEqualTo(403);
  }

  @Test
  void keyThatMonitoringSendsMakesNoSession() {
    long before = jdbc.sql("SELECT count(*) FROM console_session").query(Long.class).single();

    Answer health = actuator(ADMIN_KEY, "/actuator/health");

    assertThat(health.body().path("components")).isNotEmpty();
    assertThat(health.response().getHeaders("Set-Cookie")).isEmpty();
    assertThat(jdbc.sql("SELECT count(*) FROM console_session").query(Long.class).single())
        .isEqualTo(before);
  }

  @Test
  void keyOfAnOrganizationIsNotToldWhoPaused() {
    String theirs = key("operator", fresh("theirs"));
    post(ADMIN_KEY, "/sending/pause", null);
    try {
      Answer shown = get(theirs, "/sending");
      Answer all = get(ADMIN_KEY, "/sending");

      assertThat(shown.body().path("paused").asBoolean()).isTrue();
      assertThat(shown.body().path("pausedBy").isNull()).isTrue();
      assertThat(all.text("/pausedBy")).isEqualTo("byo.api.admin-key");
    } finally {
      post(ADMIN_KEY, "/sending/resume", null);
    }
  }

  @Test
  void methodIsWhatTheRequestLineSays() {
    String agent = agent("default");

    Answer answer =
        send(
            MockMvcRequestBuilders.post("/api/v1/agents/" + agent)
                .param("_method", "DELETE")
                .header("X-HTTP-Method-Override", "DELETE")
                .header("Authorization", "Bearer " + ADMIN_KEY));

    assertThat(answer.status()).isEqualTo(405);
    assertThat(get(ADMIN_KEY, "/agents/" + agent).status()).isEqualTo(200);
  }

  private Answer actuator(String key, String path) {
    return send(MockMvcRequestBuilders.get(path).header("Authorization", "Bearer " + key));
  }

  private String afterLogin(Cookie page) throws Exception {
    MockHttpServletResponse form = perform(MockMvcRequestBuilders.get("/login"));
    Matcher token = TOKEN.matcher(form.getContentAsString());
    assertThat(token.find()).isTrue();
    return perform(credentials(token.group(1)).cookie(form.getCookie("byo-csrf"), page))
        .getRedirectedUrl();
  }

  private MvcResult login(Cookie cookie, String token) throws Exception {
    MockHttpServletRequestBuilder form = credentials(token);
    return mvc.perform(cookie == null ? form : form.cookie(cookie)).andReturn();
  }

  private static MockHttpServletRequestBuilder credentials(String token) {
    return MockMvcRequestBuilders.post("/login")
        .param("username", "admin")
        .param("password", CONSOLE_PASSWORD)
        .param("_csrf", token);
  }

  private MockHttpServletResponse perform(MockHttpServletRequestBuilder request) throws Exception {
    return mvc.perform(request).andReturn().getResponse();
  }
}
