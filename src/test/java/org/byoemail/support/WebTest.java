package org.byoemail.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.Cookie;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import org.byoemail.format.mail.Tokens;
import org.byoemail.platform.access.QuickPasswords;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.autoconfigure.filter.TypeExcludeFilters;
import org.springframework.boot.test.autoconfigure.web.servlet.AutoConfigureMockMvc;
import org.springframework.boot.test.autoconfigure.web.servlet.MockMvcPrint;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.MvcResult;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.test.web.servlet.request.RequestPostProcessor;
import org.springframework.web.util.WebUtils;

/**
 * The whole application over a real PostgreSQL, without broker, Redis and routes. All tests that
 * extend it share one context: each makes data of its own.
 */
@WithoutMockBeans
@SpringBootTest(
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "camel.main.auto-startup=false",
      "camel.main.routes-include-pattern=classpath:no-routes-in-this-test/*.camel.yaml",
      "byo.routes.reload=false",
      // Nothing asks for them; named so that none is started.
      "spring.artemis.broker-url=tcp://127.0.0.1:1",
      "spring.data.redis.url=redis://127.0.0.1:1",
      "byo.api.admin-key=" + WebTest.ADMIN_KEY,
      "byo.console.password=" + WebTest.CONSOLE_PASSWORD,
      "byo.secret.keyset=" + WebTest.KEYSET,
      "byo.connect.return-urls=" + WebTest.RETURN_URL,
      "byo.discovery.deadline=3s",
      "byo.connection.allowed-networks=127.0.0.0/8,::1/128",
      "byo.access.failed-logins=1000000",
      "byo.mcp.enabled=true",
      "byo.document-text.tika=target/servers/tika",
      // Tests index what they have just stored.
      "byo.search.delay=0s",
      "byo.mcp.allowed-origins=https://agents.example",
      "byo.public-url=https://gateway.example.test",
      "byo.transport.postmark.webhook.secret=" + WebTest.POSTMARK_SECRET
    })
@AutoConfigureMockMvc(print = MockMvcPrint.NONE)
@Import(QuickPasswords.class)
@TypeExcludeFilters(MainClassesOnly.class)
public abstract class WebTest {
  protected static final String ADMIN_KEY = "the-admin-key-of-the-tests-0123456789";
  protected static final String CONSOLE_PASSWORD = "the-console-password-of-the-tests";
  protected static final String POSTMARK_SECRET = "the-postmark-secret-of-the-tests";
  protected static final String RETURN_URL = "https://platform.example/connected";

  /** What the gateway finds out about domains; names that no test adds do not exist. */
  protected static final DnsServer DNS = new DnsServer();

  static final String KEYSET = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
  protected static final ObjectMapper JSON = new ObjectMapper();

  private static volatile @Nullable ApiContract contract;

  @Autowired protected MockMvc mvc;
  @Autowired protected JdbcClient jdbc;

  @DynamicPropertySource
  static void settings(DynamicPropertyRegistry registry) {
    TestDatabase.register(registry);
    TokenServer.shared().settings().forEach((name, value) -> registry.add(name, () -> value));
    registry.add("byo.discovery.resolver", DNS::address);
    registry.add(
        "byo.connection.trusted-certificates",
        () -> CertificateAuthority.shared().certificate().toString());
  }

  /** An answer: status and JSON body (missing where there is none). */
  protected record Answer(int status, JsonNode body, MockHttpServletResponse response) {
    public String text(String pointer) {
      return body.at(pointer).asText();
    }

    /** The fields that the problem details name. */
    public java.util.List<String> fields() {
      return body.at("/errors").findValuesAsText("field");
    }
  }

  /** A name that no other test uses. */
  protected static String fresh(String name) {
    return name + "-" + UUID.randomUUID().toString().substring(0, 8);
  }

  protected Answer get(String key, String path) {
    return call(HttpMethod.GET, key, path, null);
  }

  /** The items of every page of a list. */
  protected List<JsonNode> items(String key, String list) {
    List<JsonNode> items = new ArrayList<>();
    String page = list + "?limit=200";
    while (page != null) {
      JsonNode body = get(key, page).body();
      body.path("items").forEach(items::add);
      page =
          body.path("next").isTextual()
              ? list + "?limit=200&cursor=" + body.path("next").asText()
              : null;
    }
    return items;
  }

  protected Answer post(String key, String path, @Nullable Object body) {
    return call(HttpMethod.POST, key, path, body);
  }

  protected Answer patch(String key, String path, Object body) {
    return call(HttpMethod.PATCH, key, path, body);
  }

  protected Answer delete(String key, String path) {
    return call(HttpMethod.DELETE, key, path, null);
  }

  protected Answer call(HttpMethod method, String key, String path, @Nullable Object body) {
    MockHttpServletRequestBuilder request =
        MockMvcRequestBuilders.request(method, java.net.URI.create("/api/v1" + path))
            .header("Authorization", "Bearer " + key);
    if (body != null) {
      request.contentType(MediaType.APPLICATION_JSON).content(json(body));
    }
    return send(request);
  }

  protected Answer send(MockHttpServletRequestBuilder request) {
    try {
      MvcResult result = mvc.perform(request).andReturn();
      MockHttpServletResponse response = result.getResponse();
      contract().check(result.getRequest(), response);
      byte[] bytes = response.getContentAsByteArray();
      boolean json =
          response.getContentType() != null && response.getContentType().contains("json");
      return new Answer(
          response.getStatus(),
          json && bytes.length > 0 ? JSON.readTree(bytes) : JSON.missingNode(),
          response);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private ApiContract contract() throws Exception {
    ApiContract known = contract;
    if (known == null) {
      known =
          new ApiContract(
              JSON.readTree(
                  mvc.perform(MockMvcRequestBuilders.get("/api/v1/openapi.json"))
                      .andReturn()
                      .getResponse()
                      .getContentAsByteArray()));
      contract = known;
    }
    return known;
  }

  /** A key of that role and organisation (null: all). */
  protected String key(String role, @Nullable String organization) {
    Map<String, Object> request = new java.util.HashMap<>();
    request.put("name", fresh(role));
    request.put("role", role);
    request.put("organization", organization);
    return post(ADMIN_KEY, "/api-keys", request).text("/key");
  }

  /** The id of a new person, with a password. */
  protected String person(String login, String organization, String role, String password) {
    Answer created =
        post(
            ADMIN_KEY,
            "/people",
            Map.of(
                "email", login,
                "name", "Pat",
                "organization", organization,
                "roles", List.of(role),
                "password", password));
    assertThat(created.status()).as(created.toString()).isEqualTo(201);
    return created.text("/id");
  }

  /** Starts a task, and returns once it waits for a lock that this transaction has, or is done. */
  protected void startAndAwaitLock(FutureTask<?> task) {
    new Thread(task).start();
    await()
        .until(
            () ->
                task.isDone()
                    || jdbc.sql("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)")
                        .query(Boolean.class)
                        .single());
  }

  /** The id of a new agent. */
  protected String agent(String organization) {
    return post(ADMIN_KEY, "/agents", Map.of("name", fresh("Agent"), "organization", organization))
        .text("/id");
  }

  /** The id of a new account of that address, which talks to no server. */
  protected String account(String organization, String address) {
    Map<String, Object> server =
        Map.of(
            "host", "localhost",
            "port", 1025,
            "security", "none",
            "username", address,
            "password", "secret");
    Answer made =
        post(
            ADMIN_KEY,
            "/accounts",
            Map.of(
                "agent", agent(organization), "address", address, "smtp", server, "imap", server));
    if (made.status() != 201) {
      throw new AssertionError(made.toString());
    }
    return made.text("/id");
  }

  /**
   * Gives a request the token of its page, of the session or in the visitor's cookie. Spring
   * Security's own would put another repository into the filter, for all tests after it.
   */
  protected static RequestPostProcessor csrf() {
    return request -> {
      Cookie session = WebUtils.getCookie(request, "byo-session");
      String token = UUID.randomUUID().toString();
      if (session == null) {
        Cookie[] others = request.getCookies();
        List<Cookie> all = new ArrayList<>(others == null ? List.of() : List.of(others));
        all.add(new Cookie("byo-csrf", token));
        request.setCookies(all.toArray(Cookie[]::new));
      } else {
        token =
            HexFormat.of().formatHex(Tokens.sha256("forms of the console\n" + session.getValue()));
      }
      // As a page shows it: random bytes, here none but zeros, and the token under them.
      byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
      byte[] shown = new byte[2 * bytes.length];
      System.arraycopy(bytes, 0, shown, bytes.length, bytes.length);
      request.setParameter("_csrf", Base64.getUrlEncoder().encodeToString(shown));
      return request;
    };
  }

  /** Logs in to the console, by the login of the settings. */
  protected Cookie login() {
    return loginOf("admin", CONSOLE_PASSWORD);
  }

  /** Logs in to the console: the cookie of the session. */
  protected Cookie loginOf(String name, String password) {
    try {
      return Objects.requireNonNull(
          mvc.perform(
                  MockMvcRequestBuilders.post("/login")
                      .with(csrf())
                      .param("username", name)
                      .param("password", password))
              .andReturn()
              .getResponse()
              .getCookie("byo-session"));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** What a browser sends after an answer: the session, and what the form has to say. */
  protected static Cookie[] after(Cookie session, MockHttpServletResponse answer) {
    Cookie flash = answer.getCookie("byo-flash");
    return flash == null ? new Cookie[] {session} : new Cookie[] {session, flash};
  }

  /** A page of the console. */
  protected String page(String path) {
    try {
      return mvc.perform(MockMvcRequestBuilders.get(java.net.URI.create(path)).cookie(login()))
          .andReturn()
          .getResponse()
          .getContentAsString();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  protected static String json(Object body) {
    try {
      return body instanceof String text ? text : JSON.writeValueAsString(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
