package org.byoemail.console;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.Cookie;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.test.web.servlet.MvcResult;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;

/** The pages of API keys. */
class ApiKeyPagesTest extends WebTest {
  private static final Pattern SECRET = Pattern.compile("value=\"(byo_[A-Za-z0-9_-]{43})\"");

  private String organization;
  private String name;
  private Cookie session;

  @BeforeEach
  void session() {
    organization = fresh("keys");
    name = fresh("<b>key</b>");
    session = login();
  }

  @Test
  void keyIsShownOnceAndMayWhatWasChecked() throws Exception {
    String account = account(organization, organization + "@example.test");
    String agent = get(ADMIN_KEY, "/accounts/" + account).text("/agent");

    String page =
        create()
            .shows(
                MockMvcRequestBuilders.post("/console/api-keys")
                    .param("permissions", "messages:read", "messages:send")
                    .param("agents", agent)
                    .param("bound", account)
                    .param("expires", "2999-01-31"));
    String secret = secret(page);
    String id = id();
    String again = shown("/console/api-keys");
    String one = shown("/console/api-keys/" + id);

    assertThat(get(secret, "/messages").status()).isEqualTo(200);
    assertThat(get(secret, "/bounces").status()).isEqualTo(403);
    assertThat(again + one).doesNotContain(secret).doesNotContain("<b>key</b>");
    assertThat(one)
        .contains("messages:send, messages:read", organization + "@example.test", "2999-02-01")
        .contains("/console/agents/" + agent);
    assertThat(audited()).containsExactly("api_key.created");
  }

  @Test
  void keyIsRotatedAndDeleted() throws Exception {
    String old =
        secret(
            create()
                .shows(MockMvcRequestBuilders.post("/console/api-keys").param("role", "operator")));
    String id = id();

    String rotated =
        secret(
            create()
                .shows(
                    MockMvcRequestBuilders.post("/console/api-keys/" + id + "/rotate")
                        .param("overlap", "86400")));
    String page = shown("/console/api-keys/" + id);
    int oldDuringOverlap = get(old, "/messages").status();
    create().shows(MockMvcRequestBuilders.post("/console/api-keys/" + id + "/delete"));

    assertThat(rotated).isNotEqualTo(old);
    assertThat(page).contains("role operator", "before the last rotation works until");
    assertThat(oldDuringOverlap).isEqualTo(200);
    assertThat(get(rotated, "/messages").status()).isEqualTo(401);
    assertThat(audited())
        .containsExactlyInAnyOrder("api_key.created", "api_key.rotated", "api_key.deleted");
  }

  @Test
  void whatIsWrongIsNamed() throws Exception {
    assertThat(create().shows(MockMvcRequestBuilders.post("/console/api-keys")))
        .contains("role must be one of");
    assertThat(
            create()
                .shows(
                    MockMvcRequestBuilders.post("/console/api-keys")
                        .param("permissions", "audit:read")
                        .param("bound", "no id")))
        .contains("must be ids of agents or accounts");
    assertThat(
            create()
                .shows(
                    MockMvcRequestBuilders.post("/console/api-keys")
                        .param("role", "producer")
                        .param("permissions", "audit:read")))
        .contains("cannot be given with permissions");
    assertThat(
            create()
                .shows(
                    MockMvcRequestBuilders.post("/console/api-keys")
                        .param("role", "producer")
                        .param("expires", "yesterday")))
        .contains("must be a day");
    assertThat(audited()).isEmpty();
  }

  @Test
  void formsNeedTheTokenAndTheLogin() throws Exception {
    MockHttpServletRequestBuilder forged =
        MockMvcRequestBuilders.post("/console/api-keys").param("name", name).param("role", "admin");

    assertThat(mvc.perform(forged.cookie(session)).andReturn().getResponse().getStatus())
        .isEqualTo(403);
    assertThat(
            mvc.perform(
                    MockMvcRequestBuilders.get("/console/api-keys")
                        .header("Authorization", "Bearer " + ADMIN_KEY))
                .andReturn()
                .getResponse()
                .getRedirectedUrl())
        .endsWith("/login");
  }

  private interface Form {
    /** Submits a form; the page that it leads to. */
    String shows(MockHttpServletRequestBuilder form) throws Exception;
  }

  private Form create() {
    return form -> {
      MvcResult sent =
          mvc.perform(
                  form.cookie(session)
                      .with(csrf())
                      .param("name", name)
                      .param("organization", organization))
              .andReturn();
      return mvc.perform(
              MockMvcRequestBuilders.get(String.valueOf(sent.getResponse().getRedirectedUrl()))
                  .cookie(after(session, sent.getResponse())))
          .andReturn()
          .getResponse()
          .getContentAsString();
    };
  }

  private String shown(String path) throws Exception {
    return mvc.perform(MockMvcRequestBuilders.get(path).cookie(session))
        .andReturn()
        .getResponse()
        .getContentAsString();
  }

  private String id() {
    return jdbc.sql("SELECT id FROM issued_key WHERE organization = :o")
        .param("o", organization)
        .query(String.class)
        .single();
  }

  private java.util.List<String> audited() {
    return jdbc.sql(
            "SELECT action FROM audit_entry WHERE organization = :o AND action LIKE 'api_key.%'"
                + " AND actor = 'user'")
        .param("o", organization)
        .query(String.class)
        .list();
  }

  private static String secret(String page) {
    Matcher found = SECRET.matcher(page);
    assertThat(found.find()).as(page).isTrue();
    return found.group(1);
  }
}
