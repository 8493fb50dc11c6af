package org.byoemail.account.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.account.oauth.AuthorizationRefusal.Reason;
import org.byoemail.account.registry.Secrets;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.access.PublicUrl;
import org.byoemail.support.ProviderStub;
import org.byoemail.support.WebTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/** Sign-ins at a provider, each begun on one node and completed on another. */
class AuthorizationRequestsTest extends WebTest {
  private static final String GATEWAY = "https://gateway.example.test";
  private static final String MAILBOX = "ann@example.test";

  private final ProviderStub stub = new ProviderStub();
  private final OAuthProviders providers = mock(OAuthProviders.class);
  private final OAuthClients clients = mock(OAuthClients.class);
  private final PublicUrl publicUrl = mock(PublicUrl.class);
  private final UUID subject = UUID.randomUUID();
  private OAuthProvider provider = provider("/authorize", false);
  private OAuthClient client = client("acme");

  @Autowired private AuthorizationRows rows;
  @Autowired private TokenRequests tokens;
  @Autowired private IdTokens idTokens;
  @Autowired private Secrets secrets;

  @BeforeEach
  void answers() {
    when(publicUrl.of("/connect")).thenReturn(Optional.of(GATEWAY + "/connect"));
    when(publicUrl.oauthCallback("stub", new OrganizationId("acme")))
        .thenReturn(GATEWAY + "/connect/oauth/callback/stub/acme");
    when(providers.of(any())).thenAnswer(call -> provider);
    when(clients.of(any(), anyString())).thenAnswer(call -> Optional.of(client));
  }

  @AfterEach
  void stop() {
    stub.close();
  }

  @Test
  void consentPageIsAskedForByCodeWithPkceStateNonceAndTheUser() {
    BegunAuthorization begun = node().begin(subject("boss@example.test"), client);

    assertThat(begun.url()).startsWith(stub.url() + "/authorize?");
    assertThat(parameters(begun))
        .containsEntry("response_type", "code")
        .containsEntry("client_id", "client-1")
        .containsEntry("scope", "openid mail")
        .containsEntry("code_challenge_method", "S256")
        .containsEntry("access_type", "offline")
        .containsEntry("login_hint", "boss@example.test")
        .containsEntry(
            "redirect_uri", "https://gateway.example.test/connect/oauth/callback/stub/acme")
        .containsKeys("state", "nonce", "code_challenge");
    assertThat(begun.cookie().toString())
        .contains("; Path=/connect;", "; Secure", "; HttpOnly", "; SameSite=Lax", "Max-Age=600");
    assertThat(begun.toString()).doesNotContain(parameters(begun).get("state"));
  }

  @Test
  void tableHoldsNeitherStateNorCookieNorNonce() {
    BegunAuthorization begun = node().begin(subject(null), client);

    String row =
        jdbc.sql("SELECT o::text FROM oauth_authorization o WHERE subject = :subject")
            .param("subject", subject)
            .query(String.class)
            .single();

    assertThat(row)
        .contains(MAILBOX)
        .doesNotContain(
            parameters(begun).get("state"),
            parameters(begun).get("nonce"),
            begun.cookie().getValue());
  }

  @Test
  void otherNodeExchangesTheCodeAndVerifiesTheIdToken() {
    BegunAuthorization begun = node().begin(subject(null), client);

    AuthorizationResult result = complete(begun, Map.of("code", stub.consent(begun.url())));

    AuthorizationResult.Granted granted = (AuthorizationResult.Granted) result;
    assertThat(granted.request().subject()).isEqualTo(subject(null));
    assertThat(granted.tokens().accessToken()).startsWith("access-");
    assertThat(granted.tokens().refreshToken()).startsWith("refresh-");
    assertThat(granted.tokens().idTokenClaims())
        .returns(stub.url(), TokenSet.IdTokenClaims::issuer)
        .returns("subject of " + MAILBOX, TokenSet.IdTokenClaims::subject)
        .returns(MAILBOX, TokenSet.IdTokenClaims::email);
  }

  @Test
  void answerThatIsReplayedIsRefused() {
    BegunAuthorization begun = node().begin(subject(null), client);
    Map<String, String> answer = Map.of("code", stub.consent(begun.url()));
    complete(begun, answer);

    assertThatThrownBy(() -> complete(begun, answer)).isInstanceOf(UnknownAuthorization.class);

    assertThat(stub.tokenRequests()).isOne();
  }

  @Test
  void answerInAnotherBrowserIsRefusedAndUsesNothingUp() {
    BegunAuthorization begun = node().begin(subject(null), client);
    BegunAuthorization ofOther = node().begin(subject(null), client);
    AuthorizationResponse answer =
        response(begun, Map.of("code", stub.consent(begun.url())), "stub", "acme");

    assertThatThrownBy(() -> node().complete(answer, cookies(ofOther)))
        .isInstanceOf(UnknownAuthorization.class);
    assertThatThrownBy(() -> node().complete(answer, name -> ofOther.cookie().getValue()))
        .isInstanceOf(UnknownAuthorization.class);
    assertThatThrownBy(() -> node().complete(answer, name -> null))
        .isInstanceOf(UnknownAuthorization.class);

    assertThat(node().complete(answer, cookies(begun)))
        .isInstanceOf(AuthorizationResult.Granted.class);
  }

  @ParameterizedTest
  @CsvSource({"stub, umbrella", "stub, ''", "other, acme", "STUB, acme"})
  void answerAtAnotherRedirectUriIsRefusedAndUsesNothingUp(String name, String organization) {
    BegunAuthorization begun = node().begin(subject(null), client);
    Map<String, String> answer = Map.of("code", stub.consent(begun.url()));

    assertThatThrownBy(
            () -> node().complete(response(begun, answer, name, organization), cookies(begun)))
        .isInstanceOf(UnknownAuthorization.class);

    assertThat(complete(begun, answer)).isInstanceOf(AuthorizationResult.Granted.class);
  }

  @Test
  void signInExpires() {
    BegunAuthorization begun = node().begin(subject(null), client);
    jdbc.sql(
            "UPDATE oauth_authorization SET expires_at = statement_timestamp() WHERE subject ="
                + " :subject")
        .param("subject", subject)
        .update();

    assertThatThrownBy(() -> complete(begun, Map.of("code", stub.consent(begun.url()))))
        .isInstanceOf(UnknownAuthorization.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "short", "43-characters-and-a-quote-'-----------------", "x"})
  void stateThatNobodyMadeIsRefused(String state) {
    AuthorizationResponse answer =
        new AuthorizationResponse(
            "stub", new OrganizationId("acme"), state, "code", null, null, null);

    assertThatThrownBy(() -> node().complete(answer, name -> state))
        .isInstanceOf(UnknownAuthorization.class);
  }

  @Test
  void deniedConsentIsSaidSo() {
    AuthorizationRefusal refusal =
        refusal(Map.of("error", "access_denied", "error_description", "no"));

    assertThat(refusal.reason()).isEqualTo(Reason.DENIED);
    assertThat(refusal.message()).contains("The Stub", "Nothing was changed");
    assertThat(refusal.link()).isNull();
    assertThat(stub.tokenRequests()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "invalid_client, AADSTS65001: The user or administrator has not consented",
    "access_denied, AADSTS90094: only an admin can grant",
    "consent_required, ''"
  })
  void consentOfAnAdministratorIsAskedForByALink(String error, String words) {
    provider = provider("/common/oauth2/v2.0/authorize", false);

    AuthorizationRefusal refusal = refusal(Map.of("error", error, "error_description", words));

    assertThat(refusal.reason()).isEqualTo(Reason.ADMINISTRATOR_NEEDED);
    assertThat(refusal.message()).startsWith("Waiting for your administrator");
    assertThat(refusal.link())
        .startsWith(stub.url() + "/organizations/v2.0/adminconsent?client_id=client-1&scope=")
        .endsWith(
            "&redirect_uri=https%3A%2F%2Fgateway.example.test%2Fconnect%2Foauth%2Fcallback%2Fstub%2Facme");
  }

  @Test
  void wordsOfTheProviderAreCutAndWithoutLineBreaks() {
    AuthorizationRefusal refusal =
        refusal(Map.of("error", "server_error", "error_description", "a\n".repeat(50_000)));

    assertThat(refusal.reason()).isEqualTo(Reason.PROVIDER_FAILED);
    assertThat(refusal.message()).hasSizeLessThan(400).doesNotContain("\n");
  }

  @Test
  void answerOfAnotherIssuerIsRefusedBeforeTheCodeIsSentAnywhere() {
    BegunAuthorization begun = node().begin(subject(null), client);

    AuthorizationResult result =
        complete(
            begun, Map.of("code", stub.consent(begun.url()), "iss", "https://evil.example.test"));

    assertThat(refusal(result).reason()).isEqualTo(Reason.WRONG_ISSUER);
    assertThat(stub.tokenRequests()).isZero();
  }

  @Test
  void issuerIsRequiredWhereTheProviderAnnouncesIt() {
    provider = provider("/authorize", true);
    BegunAuthorization without = node().begin(subject(null), client);
    BegunAuthorization with = node().begin(subject(null), client);

    AuthorizationResult refused = complete(without, Map.of("code", stub.consent(without.url())));
    AuthorizationResult granted =
        complete(with, Map.of("code", stub.consent(with.url()), "iss", stub.url()));

    assertThat(refusal(refused).reason()).isEqualTo(Reason.WRONG_ISSUER);
    assertThat(granted).isInstanceOf(AuthorizationResult.Granted.class);
  }

  @Test
  void codeOfAnotherSignInOpensNothing() {
    BegunAuthorization begun = node().begin(subject(null), client);
    BegunAuthorization other = node().begin(subject(null), client);

    AuthorizationResult result = complete(begun, Map.of("code", stub.consent(other.url())));

    assertThat(refusal(result).reason()).isEqualTo(Reason.PROVIDER_FAILED);
  }

  @ParameterizedTest
  @CsvSource({
    "nonce, other",
    "nonce, ",
    "iss, https://evil.example.test",
    "aud, other-client",
    "exp, 1000"
  })
  void idTokenWithAWrongClaimIsRefused(String claim, @Nullable String value) {
    Map<String, @Nullable Object> wrong = new HashMap<>();
    wrong.put(claim, claim.equals("exp") ? Long.valueOf(1000) : value);
    stub.claims(wrong);
    BegunAuthorization begun = node().begin(subject(null), client);

    AuthorizationResult result = complete(begun, Map.of("code", stub.consent(begun.url())));

    assertThat(refusal(result).reason()).isEqualTo(Reason.WRONG_ID_TOKEN);
  }

  @Test
  void idTokenThatAnotherKeySignedIsRefused() {
    stub.signWithOtherKey();
    BegunAuthorization begun = node().begin(subject(null), client);

    AuthorizationResult result = complete(begun, Map.of("code", stub.consent(begun.url())));

    assertThat(refusal(result).reason()).isEqualTo(Reason.WRONG_ID_TOKEN);
  }

  @Test
  void missingIdTokenIsRefused() {
    stub.leaveOutIdToken();
    BegunAuthorization begun = node().begin(subject(null), client);

    AuthorizationResult result = complete(begun, Map.of("code", stub.consent(begun.url())));

    assertThat(refusal(result).reason()).isEqualTo(Reason.WRONG_ID_TOKEN);
  }

  @Test
  void keysThatCannotBeFetchedAreTheProvidersFailure() {
    stub.hideKeys();
    BegunAuthorization begun = node().begin(subject(null), client);

    AuthorizationResult result = complete(begun, Map.of("code", stub.consent(begun.url())));

    assertThat(refusal(result).reason()).isEqualTo(Reason.PROVIDER_FAILED);
  }

  @Test
  void clientThatWasReplacedMeanwhileIsNotUsed() {
    BegunAuthorization begun = node().begin(subject(null), client);
    client = client("acme");

    AuthorizationResult result = complete(begun, Map.of("code", stub.consent(begun.url())));

    assertThat(refusal(result).reason()).isEqualTo(Reason.CLIENT_CHANGED);
    assertThat(stub.tokenRequests()).isZero();
  }

  @Test
  void subjectHasAFewSignInsAtATime() {
    BegunAuthorization first = node().begin(subject(null), client);
    for (int i = 0; i < 5; i++) {
      node().begin(subject(null), client);
    }

    assertThat(
            jdbc.sql("SELECT count(*) FROM oauth_authorization WHERE subject = :subject")
                .param("subject", subject)
                .query(Integer.class)
                .single())
        .isEqualTo(5);
    assertThatThrownBy(() -> complete(first, Map.of("code", stub.consent(first.url()))))
        .isInstanceOf(UnknownAuthorization.class);
  }

  @Test
  void preparedSignInIsLookedAtOftenAndBegunOnce() {
    String token = node().prepare(subject(null), client);

    assertThat(node().pending(token)).isPresent();
    assertThat(node().pending(token).orElseThrow().subject()).isEqualTo(subject(null));
    BegunAuthorization begun = node().beginPending(token);

    assertThat(complete(begun, Map.of("code", stub.consent(begun.url()))))
        .isInstanceOf(AuthorizationResult.Granted.class);
    assertThat(node().pending(token)).isEmpty();
    assertThatThrownBy(() -> node().beginPending(token)).isInstanceOf(UnknownAuthorization.class);
  }

  @Test
  void tokenOfAPreparedSignInIsNoState() {
    String token = node().prepare(subject(null), client);
    AuthorizationResponse answer =
        new AuthorizationResponse(
            "stub", new OrganizationId("acme"), token, "code", null, null, null);

    assertThatThrownBy(() -> node().complete(answer, name -> token))
        .isInstanceOf(UnknownAuthorization.class);

    assertThat(node().pending(token)).isPresent();
  }

  private AuthorizationRequests node() {
    return new AuthorizationRequests(
        rows, providers, clients, tokens, idTokens, secrets, publicUrl);
  }

  private AuthorizationRefusal refusal(Map<String, String> answer) {
    BegunAuthorization begun = node().begin(subject(null), client);
    return refusal(complete(begun, answer));
  }

  private static AuthorizationRefusal refusal(AuthorizationResult result) {
    return ((AuthorizationResult.Refused) result).refusal();
  }

  private AuthorizationResult complete(BegunAuthorization begun, Map<String, String> answer) {
    return node().complete(response(begun, answer, "stub", "acme"), cookies(begun));
  }

  private static AuthorizationResponse response(
      BegunAuthorization begun, Map<String, String> answer, String name, String organization) {
    return new AuthorizationResponse(
        name,
        new OrganizationId(organization),
        parameters(begun).get("state"),
        answer.get("code"),
        answer.get("iss"),
        answer.get("error"),
        answer.get("error_description"));
  }

  private static java.util.function.UnaryOperator<@Nullable String> cookies(
      BegunAuthorization begun) {
    return name -> name.equals(begun.cookie().getName()) ? begun.cookie().getValue() : null;
  }

  private static Map<String, String> parameters(BegunAuthorization begun) {
    return ProviderStub.parameters(URI.create(begun.url()).getRawQuery());
  }

  private AuthorizationSubject subject(@Nullable String user) {
    return new AuthorizationSubject(
        AuthorizationPurpose.CONSOLE, subject, new OrganizationId("acme"), MAILBOX, user);
  }

  private static OAuthClient client(String organization) {
    return new OAuthClient(
        UUID.randomUUID(),
        new OrganizationId(organization),
        "stub",
        "client-1",
        null,
        false,
        null,
        GrantType.AUTHORIZATION_CODE);
  }

  private OAuthProvider provider(String authorize, boolean issuerInResponse) {
    return new OAuthProvider(
        "stub",
        "The Stub",
        stub.url(),
        stub.url() + authorize,
        stub.url() + "/token",
        stub.url() + "/jwks",
        List.of("openid", "mail"),
        List.of(),
        Map.of("access_type", "offline"),
        OAuthProvider.ClientAuthentication.POST,
        null,
        null,
        List.of("localhost"),
        issuerInResponse);
  }
}
