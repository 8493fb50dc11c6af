package org.byoemail.account.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.account.registry.ServerSettings.Auth;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.format.mail.AccountId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What providers say when they refuse, and the next step that a user is told. */
class TroubleshootingHintsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          outlook.office365.com | oauth2 | BAD User is authenticated but not connected. | Set-CASMailbox -Identity ADDRESS -ImapEnabled $true
          outlook.office365.com | oauth2 | NO AUTHENTICATE failed. | IMAP.AccessAsUser.All
          outlook.office365.com | plain | NO LOGIN failed. LogonDenied | passwords are off
          outlook.office365.com | plain | NO AUTHENTICATE failed. | connect the account by OAuth
          smtp.office365.com | plain | 535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. | Set-CASMailbox -Identity ADDRESS -SmtpClientAuthenticationDisabled $false
          smtp.office365.com | plain | 535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully. | conditional access
          smtp.office365.com | oauth2 | 535 5.7.3 Authentication unsuccessful | SMTP.Send
          smtp.office365.com | plain | 550 5.7.30 Basic authentication is not supported for Client Submission. | takes no passwords for SMTP
          smtp-mail.outlook.com | plain | 535 5.7.139 Authentication unsuccessful, basic authentication is disabled. | by OAuth
          smtp.office365.com | plain | 534 5.7.9 Please sign in another way | by OAuth
          smtp.gmail.com | plain | 534-5.7.9 Application-specific password required. For more information, go to https://support.google.com/mail/?p=InvalidSecondFactor | https://myaccount.google.com/apppasswords
          smtp.gmail.com | plain | 535-5.7.8 Username and Password not accepted. | app password
          smtp.gmail.com | oauth2 | 535-5.7.8 Username and Password not accepted. | refused the token
          smtp.gmail.com | oauth2 | 334 eyJzdGF0dXMiOiI0MDAiLCJzY2hlbWVzIjoiQmVhcmVyIiwic2NvcGUiOiJodHRwczovL21haWwuZ29vZ2xlLmNvbS8ifQ== | https://mail.google.com/
          imap.gmail.com | plain | NO [ALERT] Invalid credentials (Failure) | app password
          imap.gmail.com | oauth2 | NO [AUTHENTICATIONFAILED] Invalid credentials (Failure) | refused the token
          imap.gmail.com | plain | NO [WEBALERT https://accounts.google.com/signin/continue] Web login required. | in a browser
          imap.gmail.com | oauth2 | NO [ALERT] IMAP access is disabled for your domain. Please contact your domain administrator | up to 24 hours
          imap.gmail.com | plain | NO [ALERT] Too many simultaneous connections. (Failure) | 15 IMAP connections
          imap.163.com | plain | NO SELECT Unsafe Login. Please contact kefu@188.com for help | authorization code
          imap.126.com | plain | NO EXAMINE Unsafe Login. Please contact kefu@188.com for help | authorization code
          imap.qq.com | plain | NO Login fail. Account is abnormal, service is not open, password is incorrect | authorization code
          imap.mail.yahoo.com | plain | NO [AUTHENTICATIONFAILED] LOGIN Invalid credentials | Yahoo and AOL let no account password in
          smtp.aol.com | plain | 535 5.7.0 (#MBR1212) Incorrect username or password | Yahoo and AOL let no account password in
          imap.mail.me.com | plain | NO [AUTHENTICATIONFAILED] Authentication failed | the part before the @
          smtp.mail.me.com | plain | 535 5.7.8 Error: authentication failed | app-specific
          imap.zoho.com | plain | NO [ALERT] You are yet to enable IMAP for your account. | Settings, Mail Accounts, IMAP
          smtppro.zoho.eu | plain | 535 Authentication Failed | data centre
          imap.fastmail.com | plain | NO Incorrect username or password | app password under Settings, Privacy & Security
          imap.yandex.com | plain | NO [AUTHENTICATIONFAILED] AUTHENTICATE invalid user or password | app password
          secureimap.t-online.de | plain | NO authentication failed | Passwort für E-Mail-Programme
          smtp.mail.ru | plain | 535 5.7.0 NEOBHODIM parol prilozheniya https://help.mail.ru/mail/security/protection/external | external applications
          127.0.0.1:1143 | plain | NO no such user | that Bridge shows
          mail.example.test | plain | 535 5.7.139 SMTP AUTH is off | its administrator
          mail.example.test | plain | 535 You need an app password | app password
          mail.example.test | plain | 530 Must issue a STARTTLS command first | starttls or ssl
          """)
  void refusalLeadsToTheNextStepOfItsProvider(
      String host, String auth, String words, String expected) {
    assertThat(hint(Stage.AUTH, host, auth, words)).contains(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          mail.example.test | plain | Check user name and password
          mail.example.test | oauth2 | connect the account again
          imap.naver.com | plain | Naver: In Naver Mail, open Settings
          smtp-mail.outlook.com | plain | Outlook.com takes no passwords
          imap.migadu.com | plain | Check user name and password.
          127.0.0.1:1025 | plain | Proton Mail Bridge: Run
          127.0.0.1 | plain | Check user name and password; where two-step
          """)
  void unknownRefusalLeadsToWhatTheProviderAsksOfEverybody(
      String host, String auth, String expected) {
    assertThat(hint(Stage.AUTH, host, auth, "no")).contains(expected);
  }

  @Test
  void refusedSenderLeadsToTheGrantThatIsMissing() {
    String words = "554 5.2.252 SendAsDenied; ann@corp.test not allowed to send as sales@corp.test";

    assertThat(hint(Stage.END_OF_DATA, "smtp.office365.com", "oauth2", words))
        .contains("Add-RecipientPermission MAILBOX -AccessRights SendAs");
    assertThat(hint(Stage.END_OF_DATA, "mail.example.test", "plain", "554 no")).isNull();
  }

  @Test
  void accountWithoutCredentialsIsToldBeforeAnythingOfTheProvider() {
    assertThat(hint(Stage.AUTH, "imap.gmail.com", "plain", "no password is set"))
        .isEqualTo("Set the password.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          the account has no OAuth 2.0 grant: it must be authorized first | Authorise the account first
          the account needs reauthorization: invalid_grant | consent again
          no access token: the provider answered 503 | the OAuth provider
          tokens of google are not sent to mail.example.test: byo.oauth.providers does not name it | the hosts of the provider
          """)
  void tokenThatIsMissingIsNotBlamedOnTheServer(String words, String expected) {
    assertThat(hint(Stage.AUTH, "imap.gmail.com", "oauth2", words)).contains(expected);
  }

  private static @Nullable String hint(Stage stage, String host, String auth, String words) {
    String[] parts = host.split(":");
    ServerSettings server =
        new ServerSettings(
            parts[0],
            parts.length > 1 ? Integer.parseInt(parts[1]) : 993,
            Security.SSL,
            Auth.valueOf(auth.toUpperCase(java.util.Locale.ROOT)),
            "ann",
            null);
    ConnectionFailed failure =
        new ConnectionFailed(
            new AccountId(UUID.randomUUID()), Protocol.IMAP, stage, host + " refused", words, null);
    return TroubleshootingHints.of(failure, server);
  }
}
