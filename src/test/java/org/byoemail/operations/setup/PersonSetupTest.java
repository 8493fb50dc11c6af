package org.byoemail.operations.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.spy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.access.ApiKeys;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.ConsoleSessions;
import org.byoemail.platform.access.Passwords;
import org.byoemail.platform.access.People;
import org.byoemail.platform.access.Person;
import org.byoemail.platform.access.PresentPasswords;
import org.byoemail.platform.access.PublicUrl;
import org.byoemail.platform.access.Role;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

class PersonSetupTest extends WebTest {
  private static final String PASSWORD = "a long enough password";
  private static final Caller ADMIN = new Caller("admin", Role.ADMIN, null, Caller.Kind.USER, null);

  @Autowired private People people;
  @Autowired private ConsoleSessions sessions;
  @Autowired private Passwords passwords;
  @Autowired private PresentPasswords present;
  @Autowired private ApiKeys keys;
  @Autowired private PublicUrl url;
  @Autowired private TransactionTemplate transactions;

  private final List<Boolean> inTransaction = new ArrayList<>();
  private PersonSetup setup;

  @BeforeEach
  void watchHashing() {
    Passwords watched = spy(passwords);
    doAnswer(
            call -> {
              inTransaction.add(TransactionSynchronizationManager.isActualTransactionActive());
              return call.callRealMethod();
            })
        .when(watched)
        .hash(anyString());
    setup = new PersonSetup(people, sessions, watched, present, keys, url, transactions);
  }

  @Test
  void passwordIsHashedBeforeATransactionHoldsAConnection() {
    Person person = created(PASSWORD).person();
    String link = String.valueOf(created(null).link());
    Optional<Person> accepted =
        setup.accept(link.substring(link.lastIndexOf('/') + 1), "another long password");
    setup.changePassword(
        new Caller(
            person.email(),
            Role.ADMIN,
            ADMIN.permissions(),
            null,
            Caller.Kind.USER,
            null,
            null,
            null,
            person.id()),
        PASSWORD,
        "a third long password",
        null);

    assertThat(accepted).isPresent();
    assertThat(inTransaction).containsExactly(false, false, false);
  }

  private PersonSetup.Created created(String password) {
    return setup.create(
        ADMIN,
        new PersonDraft(
            fresh("pat") + "@people.test",
            "Pat",
            new OrganizationId(fresh("org")),
            List.of("viewer"),
            password));
  }
}
