package org.byoemail.operations.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.spy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.access.ApiKeys;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.ConsoleSessions;
import org.byoemail.platform.access.CurrentPasswords;
import org.byoemail.platform.access.Passwords;
import org.byoemail.platform.access.People;
import org.byoemail.platform.access.Person;
import org.byoemail.platform.access.PersonRole;
import org.byoemail.platform.access.PublicUrl;
import org.byoemail.platform.access.Role;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

class PersonSetupTest extends WebTest {
  private static final String PASSWORD = "a long enough password";
  private static final Caller ADMIN = new Caller("admin", Role.ADMIN, null, Caller.Kind.USER, null);

  @Autowired private People people;
  @Autowired private ConsoleSessions sessions;
  @Autowired private Passwords passwords;
  @Autowired private CurrentPasswords currentPasswords;
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
    setup = new PersonSetup(people, sessions, watched, currentPasswords, keys, url, transactions);
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

  @Test
  void changesOfTwoAdminsAtOnceBothStay() throws Exception {
    UUID id = created(PASSWORD).person().id();
    FutureTask<Answer> roles =
        new FutureTask<>(
            () -> patch(ADMIN_KEY, "/people/" + id, Map.of("roles", List.of("operator"))));

    transactions.executeWithoutResult(
        status -> {
          setup.change(ADMIN, id, "Pat Smith", null, null, null);
          startAndAwaitLock(roles);
        });
    roles.get(10, TimeUnit.SECONDS);

    Person after = people.find(null, id).orElseThrow();
    assertThat(after.name()).isEqualTo("Pat Smith");
    assertThat(after.roles()).containsExactly(PersonRole.OPERATOR);
  }

  @Test
  void formThatWasOpenedEarlierUndoesNothing() throws Exception {
    UUID id = created(PASSWORD).person().id();
    setup.change(ADMIN, id, null, null, PersonSetup.Roles.all(List.of("operator")), null);

    mvc.perform(form(id, "Pat Smith", "viewer").param("roles", "viewer"));

    Person after = people.find(null, id).orElseThrow();
    assertThat(after.name()).isEqualTo("Pat Smith");
    assertThat(after.roles()).containsExactly(PersonRole.OPERATOR);
    assertThat(after.organization()).isNotEqualTo(new OrganizationId("ours"));
  }

  @Test
  void roleThatAnotherAdminHasTakenMeanwhileIsNotGivenBack() throws Exception {
    UUID id = created(PASSWORD).person().id();
    setup.change(ADMIN, id, null, null, PersonSetup.Roles.all(List.of("operator")), null);

    mvc.perform(form(id, "Pat", "viewer,admin").param("roles", "reviewer", "admin"));

    assertThat(people.find(null, id).orElseThrow().roles())
        .containsExactlyInAnyOrder(PersonRole.OPERATOR, PersonRole.REVIEWER);
  }

  @Test
  void formThatTicksNoRoleIsRefused() throws Exception {
    UUID id = created(PASSWORD).person().id();
    setup.change(ADMIN, id, null, null, PersonSetup.Roles.all(List.of("operator")), null);

    mvc.perform(
        MockMvcRequestBuilders.post("/console/people/" + id)
            .cookie(login())
            .with(csrf())
            .param("name", "Pat")
            .param("shownRoles", "viewer,viewer"));

    assertThat(people.find(null, id).orElseThrow().roles()).containsExactly(PersonRole.OPERATOR);
  }

  @Test
  void keyDoesNotActOnThePersonWhoMadeIt() {
    String ours = fresh("org");
    UUID id = UUID.fromString(person(ours + "@people.test", ours, "admin", PASSWORD));
    String own =
        keys.create(
                fresh("own"),
                Role.ADMIN,
                new OrganizationId(ours),
                new ApiKeys.Maker(null, id),
                null,
                null)
            .secret();
    String made =
        post(own, "/api-keys", Map.of("name", fresh("made"), "role", "admin")).text("/key");

    Answer reset = delete(own, "/people/" + id + "/second-factor");
    Answer byKeyOfKey = delete(made, "/people/" + id + "/second-factor");
    Answer disabled = patch(own, "/people/" + id, Map.of("disabled", true));
    Answer roles = patch(own, "/people/" + id, Map.of("roles", List.of("viewer")));
    Answer deleted = delete(own, "/people/" + id);

    assertThat(List.of(reset, byKeyOfKey, disabled, deleted))
        .allSatisfy(
            answer -> {
              assertThat(answer.status()).isEqualTo(409);
              assertThat(answer.text("/detail")).contains("this person made the key");
            });
    assertThat(roles.fields()).containsExactly("roles");
  }

  /** A form that was opened when the person was Pat, of the organization ours. */
  private MockHttpServletRequestBuilder form(UUID id, String name, String shownRoles) {
    return MockMvcRequestBuilders.post("/console/people/" + id)
        .cookie(login())
        .with(csrf())
        .param("name", name)
        .param("shownName", "Pat")
        .param("shownRoles", shownRoles)
        .param("organization", "ours")
        .param("shownOrganization", "ours");
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
