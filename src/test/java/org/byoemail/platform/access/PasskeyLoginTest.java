package org.byoemail.platform.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.servlet.http.Cookie;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.byoemail.operations.setup.SecondFactorSetup;
import org.byoemail.operations.setup.SetupConflict;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.transaction.support.TransactionTemplate;

/** Passkeys: registered on the profile page, and used to log in. */
class PasskeyLoginTest extends PersonTest {
  private static final String PROFILE = "/console/profile";

  @Autowired private Passkeys passkeys;
  @Autowired private PasskeyRepository rows;
  @Autowired private PasskeyChallenges challenges;
  @Autowired private SecondFactors factors;
  @Autowired private SecondFactorSetup setup;
  @Autowired private ConsoleSessions sessions;
  @Autowired private People people;
  @Autowired private TransactionTemplate transactions;

  private final PasskeyDevice device = new PasskeyDevice();

  @Test
  void passkeyIsRegisteredAndStandsForBothFactors() {
    Cookie session = loginOf(email, PASSWORD);
    Cookie elsewhere = loginOf(email, PASSWORD);
    Begun begun = registration(session, PASSWORD);

    String page = registered(session, begun, device.created(begun.challenge()));

    assertThat(page).contains("The passkey is registered.", "Key of the office");
    assertThat(recoveryCodes(page)).hasSize(10);
    assertThat(begun.options().at("/party/id").asText()).isEqualTo("gateway.example.test");
    assertThat(response(get("/console").cookie(elsewhere)).getRedirectedUrl()).isEqualTo("/login");
    assertThat(get(ADMIN_KEY, "/people/" + person).text("/secondFactor")).isEqualTo("passkey");
    assertThat(audited()).contains("person.second_factor_added");

    MockHttpServletResponse done = loggedIn(device);

    Cookie with = Objects.requireNonNull(done.getCookie("byo-session"));
    assertThat(done.getRedirectedUrl()).isEqualTo("/console");
    assertThat(response(get(PROFILE).cookie(with)).getStatus()).isEqualTo(200);
    assertThat(audited()).contains("console.login_succeeded");
  }

  @Test
  void passwordAloneIsNotEnoughOnceThereIsAPasskey() {
    String code = recoveryCodes(registered(device)).get(0);

    MockHttpServletResponse half =
        response(
            MockMvcRequestBuilders.post("/login")
                .with(csrf())
                .param("username", email)
                .param("password", PASSWORD));
    Cookie begun = Objects.requireNonNull(half.getCookie("byo-login"));

    assertThat(half.getRedirectedUrl()).isEqualTo("/login/code");
    assertThat(half.getCookie("byo-session")).isNull();
    assertThat(text(get("/login/code").cookie(begun)))
        .contains("Log in with a passkey", "Recovery code", "/passkeys.js");
    assertThat(
            response(
                    MockMvcRequestBuilders.post("/login/code")
                        .cookie(begun)
                        .with(csrf())
                        .param("code", code))
                .getCookie("byo-session"))
        .isNotNull();
  }

  @Test
  void registrationNeedsThePassword() {
    Cookie session = loginOf(email, PASSWORD);

    MockHttpServletResponse refused =
        response(
            MockMvcRequestBuilders.post(PROFILE + "/passkeys/options")
                .cookie(session)
                .with(csrf())
                .param("currentPassword", "wrong"));
    String without =
        after(
            session,
            new Cookie("byo-passkey", "x"),
            PROFILE + "/passkeys",
            fields(device.created("AAAA")));

    assertThat(refused.getStatus()).isEqualTo(400);
    assertThat(json(refused).at("/problem").asText()).isEqualTo("current password is wrong");
    assertThat(refused.getCookie("byo-passkey")).isNull();
    assertThat(without).contains("This took too long, or began elsewhere.");
    assertThat(rows.list(person)).isEmpty();
  }

  @Test
  void challengeOfARegistrationIsForOnePersonAndCountsOnce() {
    Cookie session = loginOf(email, PASSWORD);
    Begun begun = registration(session, PASSWORD);
    String other = fresh("mal") + "@people.test";
    person(other);
    Cookie theirs = loginOf(other, PASSWORD);

    String foreign =
        after(
            theirs,
            begun.cookie(),
            PROFILE + "/passkeys",
            fields(device.created(begun.challenge())));
    registered(session, begun, device.created(begun.challenge()));
    String again = registered(session, begun, new PasskeyDevice().created(begun.challenge()));

    assertThat(foreign).contains("This took too long, or began elsewhere.");
    assertThat(again).contains("The passkey was registered before.");
    assertThat(rows.list(person)).hasSize(1);
  }

  /** As a request does whose body is still read when the session ends. */
  @Test
  void sessionThatEndedMeanwhileRegistersNothing() {
    Cookie session = loginOf(email, PASSWORD);
    Begun begun = registration(session, PASSWORD);
    ConsoleSessions.Found open = sessions.find(session.getValue(), true).orElseThrow();
    sessions.endAll(people.find(null, person).orElseThrow(), null);

    assertThatThrownBy(() -> register(open, begun))
        .isInstanceOf(SetupConflict.class)
        .hasMessage("your session has ended: log in again");

    assertThat(rows.list(person)).isEmpty();
    assertThat(factors.state(person).recoveryCodes()).isZero();
  }

  @Test
  void resetVoidsRegistrationsThatWereBegunBefore() {
    Cookie session = loginOf(email, PASSWORD);
    Begun begun = registration(session, PASSWORD);
    delete(ADMIN_KEY, "/people/" + person + "/second-factor");
    ConsoleSessions.Found later =
        sessions.find(loginOf(email, PASSWORD).getValue(), true).orElseThrow();

    assertThatThrownBy(() -> register(later, begun))
        .hasMessageContaining("This took too long, or began elsewhere.");

    assertThat(rows.list(person)).isEmpty();
  }

  private void register(ConsoleSessions.Found open, Begun begun) {
    Map<String, String> answer = device.created(begun.challenge());
    MockHttpServletRequest request = new MockHttpServletRequest();
    request.setCookies(begun.cookie());
    setup.registerPasskey(
        open.caller(),
        "Key of the office",
        new PasskeyAnswer.Registration(
            answer.get("credential"),
            answer.get("clientData"),
            answer.get("attestation"),
            answer.get("transports")),
        open.session(),
        request,
        new MockHttpServletResponse());
  }

  @Test
  void passkeyWithoutUserVerificationIsNotRegistered() {
    refused(new PasskeyDevice().withoutVerification());
  }

  @Test
  void passkeyOfAnotherOriginOrPartyIsNotRegistered() {
    refused(new PasskeyDevice().atOrigin("https://gateway.example.test.evil.test"));
    refused(new PasskeyDevice().atOrigin("http://gateway.example.test"));
    refused(new PasskeyDevice().forParty("evil.test"));
  }

  @Test
  void registeredPasskeyIsNotTakenOver() {
    registered(device);
    String other = fresh("mal") + "@people.test";
    UUID second = person(other);
    Cookie theirs = loginOf(other, PASSWORD);
    Begun begun = registration(theirs, PASSWORD);

    String page = registered(theirs, begun, device.created(begun.challenge()));

    assertThat(page).doesNotContain("The passkey is registered.");
    assertThat(rows.list(second)).isEmpty();
    assertThat(rows.list(person)).hasSize(1);
  }

  @Test
  void loginWithoutUserVerificationIsRefused() {
    registered(device);

    assertThat(loggedIn(device.withoutVerification()).getRedirectedUrl())
        .isEqualTo("/login?passkey");
  }

  @Test
  void loginAtAnotherOriginIsRefused() {
    registered(device);

    assertThat(loggedIn(device.atOrigin("https://evil.test")).getRedirectedUrl())
        .isEqualTo("/login?passkey");
  }

  @Test
  void answerIsUsedOnceOverAllNodes() {
    registered(device);
    Begun begun = login(new Cookie[0]);
    Map<String, String> answer = device.used(begun.challenge(), person);

    MockHttpServletResponse first = complete(begun, answer);
    MockHttpServletResponse again = complete(begun, answer);
    boolean elsewhere =
        Boolean.TRUE.equals(transactions.execute(status -> rows.use(begun.challenge())));

    assertThat(first.getCookie("byo-session")).isNotNull();
    assertThat(again.getRedirectedUrl()).isEqualTo("/login?passkey");
    assertThat(again.getCookie("byo-session")).isNull();
    assertThat(elsewhere).isFalse();
  }

  @Test
  void answerToAnotherChallengeIsRefused() {
    registered(device);
    Begun theirs = login(new Cookie[0]);
    Begun own = login(new Cookie[0]);

    MockHttpServletResponse done = complete(own, device.used(theirs.challenge(), person));

    assertThat(done.getRedirectedUrl()).isEqualTo("/login?passkey");
  }

  @Test
  void challengeOfARegistrationIsNoneOfALogin() {
    registered(device);
    Cookie session = Objects.requireNonNull(loggedIn(device).getCookie("byo-session"));
    Begun begun = registration(session, PASSWORD);

    MockHttpServletResponse done = complete(begun, device.used(begun.challenge(), person));

    assertThat(done.getRedirectedUrl()).isEqualTo("/login?passkey");
  }

  @Test
  void passkeyLogsInItsOwnerAndNobodyElse() {
    registered(device);
    UUID other = person(fresh("vic") + "@people.test");
    Begun begun = login(new Cookie[0]);

    MockHttpServletResponse done = complete(begun, device.used(begun.challenge(), other));

    assertThat(done.getRedirectedUrl()).isEqualTo("/login?passkey");
  }

  @Test
  void copyOfADeviceIsNoticedByItsCount() {
    device.countingFrom(7);
    registered(device);
    assertThat(loggedIn(device).getCookie("byo-session")).isNotNull();

    assertThat(loggedIn(device.countingFrom(3)).getRedirectedUrl()).isEqualTo("/login?passkey");
  }

  @Test
  void unknownPasskeyAndRubbishAreRefusedAlike() {
    assertThat(loggedIn(device).getRedirectedUrl()).isEqualTo("/login?passkey");
    Begun begun = login(new Cookie[0]);
    Map<String, String> rubbish =
        Map.of(
            "credential",
            "!",
            "clientData",
            "x".repeat(20_000),
            "authenticatorData",
            "",
            "signature",
            "AA",
            "userHandle",
            "AA");

    assertThat(complete(begun, rubbish).getRedirectedUrl()).isEqualTo("/login?passkey");
    assertThat(
            response(MockMvcRequestBuilders.post("/login/passkey").with(csrf())).getRedirectedUrl())
        .isEqualTo("/login?passkey");
  }

  @Test
  void optionsOfALoginSayNothingOfAnybodyAndLeaveNoRow() {
    registered(device);
    long before = count();

    Begun begun = login(new Cookie[0]);

    assertThat(begun.options().toString()).doesNotContain(device.id(), email);
    assertThat(count()).isEqualTo(before);
    assertThat(begun.cookie().isHttpOnly()).isTrue();
    assertThat(begun.cookie().getPath()).isEqualTo("/login");
  }

  @Test
  void disabledPersonIsNotLoggedIn() {
    registered(device);
    patch(ADMIN_KEY, "/people/" + person, Map.of("disabled", true));

    assertThat(loggedIn(device).getRedirectedUrl()).isEqualTo("/login?passkey");
  }

  @Test
  void loginEndsTheSessionAndTheUnfinishedLoginOfTheBrowser() {
    registered(device);
    Cookie before = login();
    Begun begun = login(new Cookie[] {before});

    MockHttpServletResponse done =
        response(
            form("/login/passkey", device.used(begun.challenge(), person))
                .cookie(begun.cookie(), before, new Cookie("byo-login", "y".repeat(43)))
                .with(csrf()));

    assertThat(done.getCookie("byo-session").getValue()).isNotEqualTo(before.getValue());
    assertThat(done.getCookie("byo-login").getMaxAge()).isZero();
    assertThat(response(get("/console").cookie(before)).getRedirectedUrl()).isEqualTo("/login");
  }

  @Test
  void passkeyIsRemovedWithThePassword() {
    registered(device);
    Cookie session = Objects.requireNonNull(loggedIn(device).getCookie("byo-session"));
    Cookie elsewhere = Objects.requireNonNull(loggedIn(device).getCookie("byo-session"));
    String id = rows.list(person).get(0).id().toString();
    Map<String, String> wrong = Map.of("passkey", id, "currentPassword", "wrong");
    Map<String, String> right = Map.of("passkey", id, "currentPassword", PASSWORD);

    String refused = after(session, null, PROFILE + "/passkeys/remove", wrong);
    String done = after(session, null, PROFILE + "/passkeys/remove", right);

    assertThat(refused).contains("password is wrong", "Key of the office");
    assertThat(done).contains("The passkey is removed").doesNotContain("Key of the office");
    assertThat(response(get("/console").cookie(elsewhere)).getRedirectedUrl()).isEqualTo("/login");
    assertThat(get(ADMIN_KEY, "/people/" + person).text("/secondFactor")).isEqualTo("none");
    assertThat(factors.state(person).recoveryCodes()).isZero();
    assertThat(loggedIn(device).getRedirectedUrl()).isEqualTo("/login?passkey");
    assertThat(audited()).contains("person.second_factor_removed");
  }

  @Test
  void resetRemovesPasskeys() {
    registered(device);

    assertThat(delete(ADMIN_KEY, "/people/" + person + "/second-factor").status()).isEqualTo(204);

    assertThat(rows.list(person)).isEmpty();
    assertThat(loginOf(email, PASSWORD)).isNotNull();
  }

  @Test
  void passkeysNeedANameAsAddress() {
    assertThat(passkeys.unavailableReason()).isEmpty();
    assertThat(at(null)).contains("they need BYO_PUBLIC_URL with a name");
    assertThat(at("http://127.0.0.1:8080")).contains("they need BYO_PUBLIC_URL with a name");
    assertThat(at("https://[::1]")).contains("they need BYO_PUBLIC_URL with a name");
    assertThat(at("http://localhost:8080")).isEmpty();
    assertThat(at("https://mail.example.com/gateway")).isEmpty();
  }

  private String at(String address) {
    return new Passkeys(
            rows,
            challenges,
            factors,
            people,
            new PublicUrl(new PublicUrlSettings(address)),
            transactions)
        .unavailableReason()
        .orElse("");
  }

  private record Begun(JsonNode options, Cookie cookie) {
    String challenge() {
      return options.at("/challenge").asText();
    }

    @Override
    public String toString() {
      return "Begun";
    }
  }

  private void refused(PasskeyDevice odd) {
    Cookie session = loginOf(email, PASSWORD);
    Begun begun = registration(session, PASSWORD);

    String page = registered(session, begun, odd.created(begun.challenge()));

    assertThat(page).contains("The passkey cannot be used");
    assertThat(rows.list(person)).isEmpty();
  }

  private String registered(PasskeyDevice its) {
    Cookie session = loginOf(email, PASSWORD);
    Begun begun = registration(session, PASSWORD);
    String page = registered(session, begun, its.created(begun.challenge()));
    assertThat(page).contains("The passkey is registered.");
    return page;
  }

  private String registered(Cookie session, Begun begun, Map<String, String> answer) {
    return after(session, begun.cookie(), PROFILE + "/passkeys", fields(answer));
  }

  private static Map<String, String> fields(Map<String, String> answer) {
    Map<String, String> fields = new HashMap<>(answer);
    fields.put("name", "Key of the office");
    return fields;
  }

  private Begun registration(Cookie session, String password) {
    return begun(
        MockMvcRequestBuilders.post(PROFILE + "/passkeys/options")
            .cookie(session)
            .with(csrf())
            .param("currentPassword", password));
  }

  private Begun login(Cookie[] cookies) {
    MockHttpServletRequestBuilder request = MockMvcRequestBuilders.post("/login/passkey/options");
    if (cookies.length > 0) {
      request.cookie(cookies);
    }
    return begun(request.with(csrf()));
  }

  private Begun begun(MockHttpServletRequestBuilder request) {
    MockHttpServletResponse answer = response(request);
    assertThat(answer.getStatus()).isEqualTo(200);
    return new Begun(json(answer), Objects.requireNonNull(answer.getCookie("byo-passkey")));
  }

  private MockHttpServletResponse loggedIn(PasskeyDevice its) {
    Begun begun = login(new Cookie[0]);
    return complete(begun, its.used(begun.challenge(), person));
  }

  private MockHttpServletResponse complete(Begun begun, Map<String, String> answer) {
    return response(form("/login/passkey", answer).cookie(begun.cookie()).with(csrf()));
  }

  private long count() {
    return jdbc.sql("SELECT count(*) FROM passkey_challenge").query(Long.class).single();
  }

  private static JsonNode json(MockHttpServletResponse answer) {
    try {
      return JSON.readTree(answer.getContentAsByteArray());
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
