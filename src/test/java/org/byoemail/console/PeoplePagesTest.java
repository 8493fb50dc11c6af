package org.byoemail.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.servlet.http.Cookie;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;

/** How people are invited, log in and are managed. */
class PeoplePagesTest extends WebTest {
  private static final String PASSWORD = "a long enough password";
  private static final Pattern LINK = Pattern.compile("https://[^\"]+/invitations/([\\w-]+)");

  private final String organization = fresh("org");
  private final String email = fresh("ada") + "@people.test";

  @Test
  void invitedPersonSetsAPasswordOnceAndLogsIn() throws Exception {
    String link = invited();
    assertThat(text(MockMvcRequestBuilders.get(link))).contains("Welcome, Ada", email);

    MockHttpServletResponse weak = accept(link, "short");
    MockHttpServletResponse set = accept(link, PASSWORD);
    MockHttpServletResponse again = accept(link, "another long password");

    assertThat(weak.getStatus()).isEqualTo(400);
    assertThat(weak.getContentAsString()).contains("at least 12 characters");
    assertThat(set.getRedirectedUrl()).isEqualTo("/login?invited");
    assertThat(actions(person()))
        .contains("person.created", "person.invited", "person.password_set");
    assertThat(again.getStatus()).isEqualTo(404);
    assertThat(again.getContentAsString()).contains("cannot be used");
    assertThat(
            text(MockMvcRequestBuilders.get("/console/profile").cookie(loginOf(email, PASSWORD))))
        .contains(email, "Roles: operator", "Organization: " + organization, "this browser:");
  }

  @Test
  void expiredInvitationIsNotFound() throws Exception {
    String link = invited();
    jdbc.sql("UPDATE person SET invitation_expires_at = statement_timestamp() WHERE email = :email")
        .param("email", email)
        .update();

    assertThat(response(MockMvcRequestBuilders.get(link)).getStatus()).isEqualTo(404);
    assertThat(accept(link, PASSWORD).getStatus()).isEqualTo(404);
  }

  @Test
  void newLinkVoidsTheOneBefore() throws Exception {
    String first = invited();
    String person = person();

    String second = after("/console/people/" + person + "/invite");

    assertThat(response(MockMvcRequestBuilders.get(first)).getStatus()).isEqualTo(404);
    Matcher link = LINK.matcher(second);
    assertThat(link.find()).isTrue();
    assertThat(response(MockMvcRequestBuilders.get("/invitations/" + link.group(1))).getStatus())
        .isEqualTo(200);
  }

  @Test
  void adminOfAnOrganizationInvitesNobodyBeyondIt() {
    created("boss@" + organization + ".test", "admin");
    String id = created(email, "viewer");
    Cookie boss = loginOf("boss@" + organization + ".test", PASSWORD);

    MockHttpServletResponse foreign =
        response(
            MockMvcRequestBuilders.post("/console/people")
                .cookie(boss)
                .with(csrf())
                .param("email", fresh("x") + "@people.test")
                .param("name", "X")
                .param("roles", "admin")
                .param("organization", "another"));
    MockHttpServletResponse freed =
        response(
            MockMvcRequestBuilders.post("/console/people/" + id)
                .cookie(boss)
                .with(csrf())
                .param("name", "Ada")
                .param("roles", "admin")
                .param("organization", ""));

    assertThat(foreign.getStatus()).isEqualTo(403);
    assertThat(freed.getStatus()).isEqualTo(302);
    assertThat(get(ADMIN_KEY, "/people/" + id).text("/organization")).isEqualTo(organization);
  }

  @Test
  void keyGivesNoRoleThatPermitsMoreThanItself() {
    String key =
        post(
                ADMIN_KEY,
                "/api-keys",
                Map.of(
                    "name",
                    "people",
                    "permissions",
                    List.of("people:manage"),
                    "organization",
                    organization))
            .text("/key");
    String admin = created(email, "admin");

    Answer stronger =
        post(
            key,
            "/people",
            Map.of("email", fresh("x") + "@people.test", "name", "X", "roles", List.of("viewer")));
    Answer disabled = patch(key, "/people/" + admin, Map.of("disabled", true));

    assertThat(stronger.fields()).containsExactly("roles[0]");
    assertThat(disabled.status()).isEqualTo(409);
  }

  @Test
  void nobodyDisablesOrPromotesThemselves() {
    String id = created(email, "admin");
    Cookie self = loginOf(email, PASSWORD);

    String refused = afterBy(self, "/console/people/" + id + "/disable");

    assertThat(refused).contains("this is you: another admin must do that");
    assertThat(get(ADMIN_KEY, "/people/" + id).text("/status")).isEqualTo("active");
  }

  @Test
  void addressIsThePersonsAlone() {
    created(email, "viewer");

    Answer again =
        post(
            ADMIN_KEY,
            "/people",
            Map.of(
                "email", email.toUpperCase(java.util.Locale.ROOT),
                "name", "Eve",
                "roles", List.of("viewer")));

    assertThat(again.status()).isEqualTo(400);
    assertThat(again.fields()).containsExactly("email");
  }

  @Test
  void auditLogNamesThePerson() {
    String id = created(email, "admin");
    Cookie session = loginOf(email, PASSWORD);
    String agent = agent(organization);

    MockHttpServletResponse deleted =
        response(
            MockMvcRequestBuilders.post("/console/agents/" + agent + "/delete")
                .cookie(session)
                .with(csrf()));

    assertThat(deleted.getStatus()).isEqualTo(302);
    JsonNode entry =
        get(ADMIN_KEY, "/audit?subject=" + agent + "&action=agent.deleted").body().at("/items/0");
    assertThat(entry.at("/actor/name").asText()).isEqualTo(email);
    assertThat(entry.at("/actor/id").asText()).isEqualTo(id);
  }

  @Test
  void changedPasswordEndsTheOtherSessions() {
    String id = created(email, "viewer");
    Cookie first = loginOf(email, PASSWORD);
    Cookie second = loginOf(email, PASSWORD);

    String wrong =
        afterBy(
            second,
            "/console/profile/password",
            "currentPassword",
            "wrong",
            "password",
            "a new password");
    String changed =
        afterBy(
            second,
            "/console/profile/password",
            "currentPassword",
            PASSWORD,
            "password",
            "a new password");

    assertThat(wrong).contains("current password is wrong");
    assertThat(changed).contains("Your password is changed");
    assertThat(response(MockMvcRequestBuilders.get("/console").cookie(first)).getRedirectedUrl())
        .isEqualTo("/login");
    assertThat(actions(id)).contains("person.password_set", "person.sessions_ended");
  }

  @Test
  void deletedPersonIsGoneAfterAConfirmation() {
    String id = created(email, "viewer");

    String asked =
        text(MockMvcRequestBuilders.get("/console/people/" + id + "/delete").cookie(login()));
    String done = after("/console/people/" + id + "/delete");

    assertThat(asked).contains("Delete Ada?", email);
    assertThat(done).contains("Ada is deleted.");
    assertThat(get(ADMIN_KEY, "/people/" + id).status()).isEqualTo(404);
  }

  private String created(String address, String role) {
    Answer made =
        post(
            ADMIN_KEY,
            "/people",
            Map.of(
                "email", address,
                "name", "Ada",
                "organization", organization,
                "roles", List.of(role),
                "password", PASSWORD));
    assertThat(made.status()).as(made.toString()).isEqualTo(201);
    return made.text("/id");
  }

  /** The path of the link. */
  private String invited() {
    String shown =
        afterBy(
            login(),
            "/console/people",
            "email",
            email,
            "name",
            "Ada",
            "roles",
            "operator",
            "organization",
            organization);
    Matcher link = LINK.matcher(shown);
    assertThat(link.find()).as(shown).isTrue();
    return "/invitations/" + link.group(1);
  }

  private List<String> actions(String person) {
    return jdbc.sql("SELECT action FROM audit_entry WHERE subject = :id")
        .param("id", UUID.fromString(person))
        .query(String.class)
        .list();
  }

  private String person() {
    return jdbc.sql("SELECT id FROM person WHERE email = :email")
        .param("email", email)
        .query(UUID.class)
        .single()
        .toString();
  }

  private MockHttpServletResponse accept(String link, String password) {
    return response(
        MockMvcRequestBuilders.post(link)
            .with(csrf())
            .param("password", password)
            .param("again", password));
  }

  private String after(String path) {
    return afterBy(login(), path);
  }

  private String afterBy(Cookie session, String path, String... fields) {
    MockHttpServletRequestBuilder form =
        MockMvcRequestBuilders.post(path).cookie(session).with(csrf());
    List<String> all = new ArrayList<>(List.of(fields));
    for (int i = 0; i < all.size(); i += 2) {
      form.param(all.get(i), all.get(i + 1));
    }
    MockHttpServletResponse way = response(form);
    assertThat(way.getStatus()).isEqualTo(302);
    return text(
        MockMvcRequestBuilders.get(String.valueOf(way.getRedirectedUrl()))
            .cookie(after(session, way)));
  }

  private String text(MockHttpServletRequestBuilder request) {
    try {
      return response(request).getContentAsString(java.nio.charset.StandardCharsets.UTF_8);
    } catch (java.io.UnsupportedEncodingException e) {
      throw new IllegalStateException(e);
    }
  }

  private MockHttpServletResponse response(MockHttpServletRequestBuilder request) {
    try {
      return mvc.perform(request).andReturn().getResponse();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
