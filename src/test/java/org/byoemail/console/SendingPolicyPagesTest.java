package org.byoemail.console;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.Cookie;
import java.net.URI;
import java.util.Map;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpMethod;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;

/** The pages that set what gates ask of the mail of agents and organizations. */
class SendingPolicyPagesTest extends WebTest {
  private String organization;
  private String agent;
  private String path;
  private Cookie session;

  @BeforeEach
  void agent() {
    organization = fresh("careful");
    agent = agent(organization);
    path = "/console/agents/" + agent + "/sending-policy";
    session = login();
  }

  @Test
  void everyFieldIsSavedAndShownAgain() throws Exception {
    MockHttpServletResponse saved =
        perform(
            MockMvcRequestBuilders.post(path)
                .param("review.when", "external")
                .param("review.fourEyes", "true")
                .param("review.expiresAfterHours", "24")
                .param("recipients.unvouched", "refuse")
                .param("recipients.unknown", "review")
                .param("quotas.agent.messagesPerMinute", "7")
                .param("quotas.agent.newCorrespondentsPerDay", "30")
                .param("quotas.over", "refuse")
                .param("quotas.burst", "3")
                .param("quotas.unusualVolume", "true")
                .param("findings.secret", "refuse")
                .param("findings.card-number", "")
                .param("shownCharacters", "2")
                .param("automaticMail.answers", "review")
                .param("automaticMail.autoSubmitted", "true")
                .param("listUnsubscribe", "true"));
    Answer policy = get(ADMIN_KEY, "/agents/" + agent);
    String page = content(path);

    assertThat(saved.getRedirectedUrl()).isEqualTo(path);
    assertThat(policy.body().path("sendingPolicy").toString())
        .contains("\"when\":\"external\",\"fourEyes\":true,\"expiresAfterHours\":24")
        .contains("\"conversationChanged\":false")
        .contains("\"unvouched\":\"refuse\",\"unknown\":\"review\"")
        .contains("\"agent\":{\"messagesPerMinute\":7,\"newCorrespondentsPerDay\":30}")
        .contains("\"burst\":3,\"over\":\"refuse\",\"unusualVolume\":true")
        .contains("\"findings\":{\"secret\":\"refuse\"}", "\"shownCharacters\":2")
        .contains("\"answers\":\"review\",\"autoSubmitted\":true", "\"listUnsubscribe\":true");
    assertThat(page)
        .contains("value=\"24\"", "value=\"7\"", "value=\"30\"")
        .containsPattern("name=\"review.fourEyes\" value=\"true\" checked")
        .doesNotContain("The minimum is stricter");
  }

  @Test
  void whereTheMinimumIsStricterTheFieldSaysWhatApplies() throws Exception {
    minimum(
        Map.of(
            "review",
            Map.of("when", "always", "fourEyes", true),
            "recipients",
            Map.of("unvouched", "refuse"),
            "quotas",
            Map.of("agent", Map.of("messagesPerDay", 50), "key", Map.of("messagesPerDay", 500))));

    String page = content(path);

    assertThat(near(page, "review.when")).contains("The minimum is stricter: always applies");
    assertThat(near(page, "review.fourEyes")).contains("The minimum is stricter: on applies");
    assertThat(near(page, "recipients.unvouched")).contains("stricter: refuse applies");
    assertThat(near(page, "recipients.unknown")).doesNotContain("stricter");
    assertThat(near(page, "quotas.agent.messagesPerDay")).contains("stricter: 50 applies");
    assertThat(page).contains("The minimum of the organization adds", "quotas.key.messagesPerDay");
    assertThat(page).doesNotContain("name=\"quotas.key.messagesPerDay\"");
  }

  @Test
  void linksToTheMinimumAreBelowTheContextPath() throws Exception {
    String page =
        perform(MockMvcRequestBuilders.get("/gateway" + path).contextPath("/gateway"))
            .getContentAsString();

    String minimum = "href=\"/gateway/console/sending-policy?organization=" + organization;
    assertThat(page).contains(minimum + "\"", minimum + "#stop\"").doesNotContain("=\"/console");
  }

  @Test
  void whatIsWrongIsNamedAtItsFieldAndNothingIsSaved() throws Exception {
    MockHttpServletResponse answer =
        perform(
            MockMvcRequestBuilders.post(path)
                .param("review.when", "sometimes")
                .param("review.expiresAfterHours", "many")
                .param("quotas.agent.messagesPerDay", "0")
                .param("shownCharacters", "9"));
    String page = answer.getContentAsString();

    assertThat(answer.getStatus()).isEqualTo(400);
    assertThat(near(page, "review.when")).contains("must be one of never, new-correspondents");
    assertThat(near(page, "review.expiresAfterHours")).contains("must be a whole number");
    assertThat(near(page, "quotas.agent.messagesPerDay")).contains("must be 1 to 10000000");
    assertThat(near(page, "shownCharacters")).contains("must be 0 to 4");
    // What was typed is still there.
    assertThat(page).contains("value=\"many\"", "Nothing was saved");
    assertThat(get(ADMIN_KEY, "/agents/" + agent).text("/sendingPolicy/review/when"))
        .isEqualTo("never");
  }

  @Test
  void changeOfSomebodyElseMeanwhileIsNotOverwritten() throws Exception {
    String version = version(content(path));
    patch(
        ADMIN_KEY,
        "/agents/" + agent,
        Map.of("sendingPolicy", Map.of("review", Map.of("when", "always"))));

    MockHttpServletResponse late =
        perform(MockMvcRequestBuilders.post(path).param("version", version));
    String page = late.getContentAsString();

    assertThat(late.getStatus()).isEqualTo(409);
    assertThat(page).contains("somebody has changed this policy");
    assertThat(get(ADMIN_KEY, "/agents/" + agent).text("/sendingPolicy/review/when"))
        .isEqualTo("always");
    assertThat(
            perform(MockMvcRequestBuilders.post(path).param("version", version(page))).getStatus())
        .isEqualTo(302);
  }

  @Test
  void minimumOfAnOrganizationIsSetAndTakenBack() throws Exception {
    String ours = "/console/sending-policy?organization=" + organization;
    MockHttpServletRequestBuilder set =
        MockMvcRequestBuilders.post("/console/sending-policy")
            .param("organization", organization)
            .param("quotas.organization.messagesPerDay", "900")
            .param("listUnsubscribe", "true");

    String redirect = perform(set).getRedirectedUrl();
    Answer minimum = get(ADMIN_KEY, "/sending-policy?organization=" + organization);
    String page = content(ours);
    perform(
        MockMvcRequestBuilders.post("/console/sending-policy").param("organization", organization));
    Answer after = get(ADMIN_KEY, "/sending-policy?organization=" + organization);

    assertThat(redirect).isEqualTo(ours);
    assertThat(minimum.body().at("/sendingPolicy/quotas/organization/messagesPerDay").asInt())
        .isEqualTo(900);
    assertThat(near(page, "quotas.organization.messagesPerDay")).contains("value=\"900\"");
    assertThat(minimum.body().at("/sendingPolicy/listUnsubscribe").asBoolean()).isTrue();
    assertThat(after.body().at("/sendingPolicy/listUnsubscribe").asBoolean()).isFalse();
    assertThat(after.body().at("/sendingPolicy/quotas/organization")).isEmpty();
  }

  @Test
  void stopSwitchNamesWhomItStopsAndWhoStoppedThem() throws Exception {
    perform(
        MockMvcRequestBuilders.post("/console/agents/" + agent + "/stop")
            .param("reason", "it loops"));
    String unconfirmed = content(path);
    perform(
        MockMvcRequestBuilders.post("/console/agents/" + agent + "/stop")
            .param("confirmed", "true")
            .param("reason", "it loops"));
    String stopped = content(path);
    perform(
        MockMvcRequestBuilders.post("/console/sending-policy/stop")
            .param("organization", organization)
            .param("confirmed", "true"));
    String both = content(path);
    perform(MockMvcRequestBuilders.post("/console/agents/" + agent + "/start"));
    perform(
        MockMvcRequestBuilders.post("/console/sending-policy/start")
            .param("organization", organization));

    assertThat(unconfirmed).doesNotContain("is stopped, by");
    assertThat(stopped).contains("is stopped, by operator", "it loops");
    assertThat(both).contains("All agents of " + organization + " are stopped, by operator");
    assertThat(content(path)).doesNotContain("is stopped, by", "are stopped, by");
  }

  private void minimum(Map<String, Object> policy) {
    Answer set =
        call(
            HttpMethod.PUT,
            ADMIN_KEY,
            "/sending-policy",
            Map.of("organization", organization, "sendingPolicy", policy));
    assertThat(set.status()).as(set.body().toString()).isEqualTo(200);
  }

  /** From the field on to the end of what is said about it. */
  private static String near(String page, String field) {
    int at = page.indexOf("name=\"" + field + "\"");
    assertThat(at).as(field).isNotNegative();
    String rest = page.substring(at);
    int next = rest.indexOf("name=\"", 6);
    return next < 0 ? rest : rest.substring(0, next);
  }

  private static String version(String page) {
    return page.replaceAll("(?s).*name=\"version\" value=\"([0-9a-f]+)\".*", "$1");
  }

  private String content(String url) throws Exception {
    MockHttpServletResponse page = perform(MockMvcRequestBuilders.get(URI.create(url)));
    assertThat(page.getStatus()).isEqualTo(200);
    return page.getContentAsString();
  }

  private MockHttpServletResponse perform(MockHttpServletRequestBuilder request) throws Exception {
    return mvc.perform(request.cookie(session).with(csrf())).andReturn().getResponse();
  }
}
