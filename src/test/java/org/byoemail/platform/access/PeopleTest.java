package org.byoemail.platform.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.transaction.support.TransactionTemplate;

/** How many people an organisation may have; here two. */
class PeopleTest extends WebTest {
  @Autowired private Passwords passwords;
  @Autowired private ApplicationEventPublisher publisher;
  @Autowired private TransactionTemplate transactions;

  private final OrganizationId organization = new OrganizationId(fresh("org"));
  private People people;

  @BeforeEach
  void nodeWithALowMaximum() {
    people =
        new People(
            jdbc,
            passwords,
            new PeopleSettings(12, Duration.ofDays(7), 2, SecondFactorMode.OPTIONAL),
            publisher);
  }

  @Test
  void furtherPersonIsRefusedUntilOneIsDeleted() {
    Person first = added(organization);
    added(organization);

    assertThatThrownBy(() -> added(organization))
        .isInstanceOf(People.TooManyPeople.class)
        .hasMessageContaining("2 people");
    added(new OrganizationId(fresh("org")));
    transactions.execute(status -> people.delete(null, first.id()));
    added(organization);
  }

  @Test
  void personDoesNotMoveIntoAFullOrganization() {
    added(organization);
    added(organization);
    Person other = added(new OrganizationId(fresh("org")));

    assertThatThrownBy(
            () ->
                transactions.execute(
                    status ->
                        people.change(
                            null, other.id(), "Pat", organization, Set.of(PersonRole.VIEWER))))
        .isInstanceOf(People.TooManyPeople.class);
  }

  @Test
  void twoNodesAtOnceGiveTheLastPlaceOnce() throws Exception {
    added(organization);
    FutureTask<Optional<Person>> other =
        new FutureTask<>(
            () -> {
              try {
                return Optional.of(added(organization));
              } catch (People.TooManyPeople e) {
                return Optional.empty();
              }
            });

    transactions.executeWithoutResult(
        status -> {
          added(organization);
          startAndAwaitLock(other);
        });

    assertThat(other.get(10, TimeUnit.SECONDS)).isEmpty();
  }

  private Person added(OrganizationId owner) {
    return transactions.execute(
        status ->
            people.create(
                fresh("pat") + "@people.test", "Pat", owner, Set.of(PersonRole.VIEWER), null));
  }
}
