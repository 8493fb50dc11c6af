package org.byoemail.operations.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.byoemail.account.oauth.OAuthFixtures;
import org.byoemail.account.registry.AccountFixtures;
import org.byoemail.account.registry.AccountSettings;
import org.byoemail.account.registry.AfterIngest;
import org.byoemail.account.registry.InboundOptions;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.Secrets;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.account.registry.ServerSettings.Auth;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.format.mail.AccountId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccountDraftReaderTest {
  private static final String ADDRESS = "ada@example.test";
  private static final String HOST = "mail.example.test";

  private final Secrets secrets = AccountFixtures.secrets();
  private final AccountDraftReader reader =
      new AccountDraftReader(secrets, OAuthFixtures.providers());
  private final AccountId id = AccountId.next();

  @Test
  void whatIsLeftOutIsAsUsual() {
    AccountSettings settings = read(sending(server(HOST, "secret")));

    ServerSettings smtp = Objects.requireNonNull(settings.smtp());
    assertThat(smtp.port()).isEqualTo(465);
    assertThat(smtp.security()).isEqualTo(Security.SSL);
    assertThat(smtp.auth()).isEqualTo(Auth.PLAIN);
    assertThat(smtp.username()).isEqualTo(ADDRESS);
    assertThat(settings.imap()).isNull();
    assertThat(settings.folder()).isEqualTo("INBOX");
    assertThat(settings.pollInterval()).isEqualTo(Duration.ofSeconds(120));
    assertThat(settings.idle()).isTrue();
    assertThat(settings.inbound()).isEqualTo(InboundOptions.DEFAULT);
  }

  @ParameterizedTest
  @CsvSource({"ssl, 465, 993", "STARTTLS, 587, 143", "' none ', 587, 143"})
  void portFollowsFromSecurity(String security, int smtp, int imap) {
    ServerDraft server = new ServerDraft(HOST, null, security, null, null, "secret");

    AccountSettings settings = read(new AccountDraft(null, server, server));

    assertThat(Objects.requireNonNull(settings.smtp()).port()).isEqualTo(smtp);
    assertThat(Objects.requireNonNull(settings.imap()).port()).isEqualTo(imap);
  }

  @Test
  void passwordIsSealedForItsSide() {
    ServerDraft server = server(HOST, "secret");

    AccountSettings settings = read(new AccountDraft(null, server, server));

    for (Protocol protocol : Protocol.values()) {
      ServerSettings side = Objects.requireNonNull(settings.side(protocol));
      assertThat(secrets.open(id, protocol, Objects.requireNonNull(side.secret())))
          .isEqualTo("secret");
    }
  }

  @Test
  void serverWithoutCredentialsHasNoAuth() {
    ServerSettings smtp = Objects.requireNonNull(read(sending(server(HOST, null))).smtp());

    assertThat(smtp.auth()).isEqualTo(Auth.NONE);
    assertThat(smtp.username()).isNull();
    assertThat(smtp.secret()).isNull();
  }

  @Test
  void accountNeedsASide() {
    assertThat(refused(new AccountDraft("Ada", null, null), null)).containsExactly("smtp");
  }

  @ParameterizedTest
  @CsvSource({
    "'', , , , secret, smtp.host",
    "mail example, , , , secret, smtp.host",
    "mail.example.test, 0, , , secret, smtp.port",
    "mail.example.test, 65536, , , secret, smtp.port",
    "mail.example.test, , tls, , secret, smtp.security",
    "mail.example.test, , , cram-md5, secret, smtp.auth",
    "mail.example.test, , , none, secret, smtp.password",
    "mail.example.test, , , plain, , smtp.password",
    "mail.example.test, , , login, '', smtp.password"
  })
  void serverThatCannotBeReachedSoIsRefused(
      String host, Integer port, String security, String auth, String password, String field) {
    ServerDraft server = new ServerDraft(host, port, security, auth, null, password);

    assertThat(refused(sending(server), null)).containsExactly(field);
  }

  @Test
  void sideByTokenTakesTheServerOfItsProvider() {
    ServerDraft server = new ServerDraft(null, null, null, "oauth2", null, null);

    AccountSettings settings =
        read(
            new AccountDraft(null, server, server)
                .withOAuth(new OAuthDraft("microsoft", null, null)));

    assertThat(settings.smtp().host()).isEqualTo("smtp.office365.com");
    assertThat(settings.smtp().port()).isEqualTo(587);
    assertThat(settings.smtp().security()).isEqualTo(Security.STARTTLS);
    assertThat(settings.imap().host()).isEqualTo("outlook.office365.com");
    assertThat(settings.imap().secret()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "mail.example.test, ssl, google, , , smtp.host",
    "smtp.gmail.com.example.test, ssl, google, , , smtp.host",
    "smtp.office365.com, ssl, google, , , smtp.host",
    "smtp.gmail.com, none, google, , , smtp.security",
    "smtp.gmail.com, ssl, , , , oauth.provider",
    "smtp.gmail.com, ssl, nobody, , , oauth.provider",
    "smtp.gmail.com, ssl, google, password, , oauth.kind",
    "smtp.gmail.com, ssl, google, , secret, smtp.password"
  })
  void tokenThatWouldGoElsewhereIsRefused(
      String host, String security, String provider, String kind, String password, String field) {
    ServerDraft server = new ServerDraft(host, null, security, "oauth2", null, password);
    OAuthDraft oauth = new OAuthDraft(provider, kind, null);

    assertThat(refused(sending(server).withOAuth(oauth), null)).containsExactly(field);
  }

  @Test
  void grantIsForOneMailbox() {
    ServerDraft smtp = new ServerDraft(null, null, null, "oauth2", "ada@example.test", null);
    ServerDraft imap = new ServerDraft(null, null, null, "oauth2", "ben@example.test", null);

    AccountDraft draft =
        new AccountDraft(null, smtp, imap).withOAuth(new OAuthDraft("google", null, null));

    assertThat(refused(draft, null)).containsExactly("smtp.username");
  }

  @ParameterizedTest
  @ValueSource(strings = {"two\nlines", "null\0"})
  void passwordWithAControlCharacterIsRefused(String password) {
    assertThat(refused(sending(server(HOST, password)), null)).containsExactly("smtp.password");
  }

  @Test
  void passwordHasALimit() {
    assertThat(read(sending(server(HOST, "x".repeat(4096))))).isNotNull();
    assertThat(refused(sending(server(HOST, "x".repeat(4097))), null))
        .containsExactly("smtp.password");
  }

  @Test
  void problemsOfBothSidesAreNamedTogether() {
    AccountDraft draft =
        new AccountDraft(
            "Ada\nEve",
            server(null, "secret"),
            new ServerDraft(HOST, 70_000, null, null, null, "secret"));

    assertThat(refused(draft, null)).containsExactly("displayName", "smtp.host", "imap.port");
  }

  @ParameterizedTest
  @CsvSource({
    "INBOX, 29, , , imap.pollInterval",
    "INBOX, 86401, , , imap.pollInterval",
    "INBOX, , shred, , imap.afterIngest",
    "INBOX, , move, , imap.moveTo",
    "INBOX, , delete, Done, imap.moveTo",
    "' ', , , , imap.folder"
  })
  void mailboxThatCannotBeReadSoIsRefused(
      String folder, Integer seconds, String afterIngest, String moveTo, String field) {
    assertThat(refused(receiving(folder, seconds, afterIngest, moveTo, null), null))
        .containsExactly(field);
  }

  @Test
  void mailboxIsReadAsTheDraftSays() {
    Instant since = Instant.parse("2026-11-01T00:00:00Z");

    AccountSettings settings = read(receiving("Orders", 30, "Move", "Done", since));

    assertThat(settings.folder()).isEqualTo("Orders");
    assertThat(settings.pollInterval()).isEqualTo(Duration.ofSeconds(30));
    assertThat(settings.inbound()).isEqualTo(new InboundOptions(AfterIngest.MOVE, "Done", since));
  }

  @Test
  void foldersStayUnlessTheyAreNamed() {
    AccountSettings stored = read(watching(null, List.of("INBOX", "Support", "Sales")));

    assertThat(reader.read(new FieldChecks(), id, ADDRESS, watching(null, null), stored).folders())
        .containsExactly("INBOX", "Support", "Sales");
    assertThat(
            reader.read(new FieldChecks(), id, ADDRESS, watching("Sales", null), stored).folders())
        .containsExactly("Sales", "Support");
    assertThat(read(watching("Sales", List.of("Sales", "INBOX"))).folders())
        .containsExactly("Sales", "INBOX");
    assertThat(read(watching(null, null)).folders()).containsExactly("INBOX");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "INBOX,inbox", "a,b,c,d,e,f,g,h,i,j,k", "INBOX,", "INBOX,a\tb"})
  void foldersThatCannotBeWatchedAreRefused(String folders) {
    List<String> names =
        folders.isEmpty() ? List.of() : List.of(folders.replace("\\t", "\t").split(",", -1));

    assertThat(refused(watching(null, names), null)).containsExactly("imap.folders");
  }

  @Test
  void contradictoryFoldersAreRefused() {
    assertThat(refused(watching("Sales", List.of("INBOX", "Sales")), null))
        .containsExactly("imap.folder");
    AccountDraft moving =
        new AccountDraft(
            null,
            null,
            server(HOST, "secret"),
            null,
            List.of("INBOX", "Done"),
            null,
            null,
            "move",
            "Done",
            null,
            null);
    assertThat(refused(moving, null)).containsExactly("imap.moveTo");
  }

  private static AccountDraft watching(
      @Nullable String folder, @Nullable List<@Nullable String> folders) {
    return new AccountDraft(
        null, null, server(HOST, "secret"), folder, folders, null, null, null, null, null, null);
  }

  @ParameterizedTest
  @CsvSource({
    "mail.example.test, ssl",
    "' MAIL.example.test ', ssl",
    "mail.example.test, starttls"
  })
  void storedPasswordStaysWithItsHost(String host, String security) {
    AccountSettings stored = read(sending(server(HOST, "secret")));
    ServerDraft server = new ServerDraft(host, null, security, "plain", null, null);

    AccountSettings settings = reader.read(new FieldChecks(), id, ADDRESS, sending(server), stored);

    assertThat(Objects.requireNonNull(settings.smtp()).secret())
        .isEqualTo(Objects.requireNonNull(stored.smtp()).secret());
  }

  @ParameterizedTest
  @CsvSource({"mail.evil.test, ssl", "mail.example.test, none"})
  void storedPasswordGoesNowhereElseAndNotInTheClear(String host, String security) {
    AccountSettings stored = read(sending(server(HOST, "secret")));
    ServerDraft server = new ServerDraft(host, null, security, "plain", null, null);

    assertThat(refused(sending(server), stored)).containsExactly("smtp.password");
  }

  @Test
  void passwordOfOneSideIsNotThatOfTheOther() {
    AccountSettings stored = read(sending(server(HOST, "secret")));
    ServerDraft imap = new ServerDraft(HOST, null, null, "plain", null, null);

    assertThat(refused(new AccountDraft(null, null, imap), stored))
        .containsExactly("imap.password");
  }

  private AccountSettings read(AccountDraft draft) {
    return reader.read(new FieldChecks(), id, ADDRESS, draft, null);
  }

  /** The fields that are refused. */
  private List<String> refused(AccountDraft draft, @Nullable AccountSettings stored) {
    FieldsRefused refused =
        catchThrowableOfType(
            FieldsRefused.class, () -> reader.read(new FieldChecks(), id, ADDRESS, draft, stored));
    return refused.problems().stream().map(FieldProblem::field).toList();
  }

  private static ServerDraft server(@Nullable String host, @Nullable String password) {
    return new ServerDraft(host, null, null, null, null, password);
  }

  private static AccountDraft sending(ServerDraft smtp) {
    return new AccountDraft(null, smtp, null);
  }

  private static AccountDraft receiving(
      String folder,
      @Nullable Integer seconds,
      @Nullable String afterIngest,
      @Nullable String moveTo,
      @Nullable Instant since) {
    return new AccountDraft(
        null,
        null,
        server(HOST, "secret"),
        folder,
        null,
        seconds,
        null,
        afterIngest,
        moveTo,
        since,
        null);
  }
}
