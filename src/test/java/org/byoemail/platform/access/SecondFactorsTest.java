package org.byoemail.platform.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.transaction.support.TransactionTemplate;

/** Codes and recovery codes, checked by two nodes over one database. */
class SecondFactorsTest extends PersonTest {
  private static final String PLACE = "session of the test";

  @Autowired private People people;
  @Autowired private SecondFactors node;
  @Autowired private SecretSeal seal;
  @Autowired private ApplicationEventPublisher publisher;
  @Autowired private TransactionTemplate transactions;

  @Test
  void codeIsAcceptedOnceOverAllNodes() throws Exception {
    String secret = enrolled();
    String code = code(secret, 0);

    List<SecondFactors.Check> checks = together(16, factors -> factors.check(person, code));

    assertThat(checks).filteredOn(SecondFactors.Check.TOTP::equals).hasSize(1);
  }

  @Test
  void earlierCodeIsNotAcceptedAfterALaterOne() {
    String secret = enrolled();

    SecondFactors.Check later = node.check(person, code(secret, 1));
    SecondFactors.Check earlier = node.check(person, code(secret, 0));

    assertThat(later).isEqualTo(SecondFactors.Check.TOTP);
    assertThat(earlier).isEqualTo(SecondFactors.Check.WRONG);
  }

  @Test
  void guessesAreCountedOverAllNodesAlsoAtTheSameTime() throws Exception {
    String secret = enrolled();
    String wrong = wrong(secret);

    List<SecondFactors.Check> guesses = together(16, factors -> factors.check(person, wrong));

    assertThat(guesses).filteredOn(SecondFactors.Check.WRONG::equals).hasSize(4);
    assertThat(guesses).filteredOn(SecondFactors.Check.BLOCKED::equals).hasSize(12);
    assertThat(node.check(person, code(secret, 0))).isEqualTo(SecondFactors.Check.BLOCKED);
    assertThat(node.state(person).blockedMinutes()).isEqualTo(5);
    assertThat(audited()).contains("person.second_factor_blocked");
  }

  @Test
  void pausesGetLongerUntilACodeIsRight() {
    String secret = enrolled();
    String wrong = wrong(secret);
    for (int i = 0; i < 5; i++) {
      node.check(person, wrong);
    }
    update("blocked_until = statement_timestamp()");
    for (int i = 0; i < 5; i++) {
      node.check(person, wrong);
    }

    assertThat(node.state(person).blockedMinutes()).isEqualTo(10);
    update("blocked_until = statement_timestamp()");
    assertThat(node.check(person, code(secret, 0))).isEqualTo(SecondFactors.Check.TOTP);
    assertThat(
            jdbc.sql("SELECT wrong_codes FROM second_factor WHERE person_id = :id")
                .param("id", person)
                .query(Integer.class)
                .single())
        .isZero();
  }

  @Test
  void recoveryCodeIsUsedOnceOverAllNodes() throws Exception {
    List<String> codes = confirmed(begun());
    String typed = codes.get(3).toLowerCase(java.util.Locale.ROOT).replace('-', ' ');

    List<SecondFactors.Check> checks = together(8, factors -> factors.check(person, typed));

    assertThat(codes).hasSize(10).doesNotHaveDuplicates();
    assertThat(checks).filteredOn(SecondFactors.Check.RECOVERY_CODE::equals).hasSize(1);
    assertThat(node.state(person).recoveryCodes()).isEqualTo(9);
    assertThat(audited()).contains("person.recovery_code_used");
  }

  @Test
  void recoveryCodeHelpsSomebodyWhomGuessesBlock() {
    String secret = begun();
    List<String> codes = confirmed(secret);
    forgetUsedCodes();
    String wrong = wrong(secret);
    for (int i = 0; i < 5; i++) {
      node.check(person, wrong);
    }

    SecondFactors.Check wrongOne = node.check(person, "AAAA-AAAA-AAAA-AAAA");
    SecondFactors.Check right = node.check(person, codes.get(0));

    assertThat(wrongOne).isEqualTo(SecondFactors.Check.BLOCKED);
    assertThat(right).isEqualTo(SecondFactors.Check.RECOVERY_CODE);
    assertThat(node.state(person).blockedMinutes()).isZero();
  }

  @Test
  void recoveryCodeOfAnotherPersonIsWrong() {
    List<String> codes = confirmed(begun());
    person = person(fresh("ben") + "@people.test");
    enrolled();

    assertThat(node.check(person, codes.get(0))).isEqualTo(SecondFactors.Check.WRONG);
  }

  @Test
  void newRecoveryCodesVoidTheOnesBefore() {
    List<String> before = confirmed(begun());

    List<String> now = node.replaceRecoveryCodes(person);

    assertThat(node.check(person, before.get(0))).isEqualTo(SecondFactors.Check.WRONG);
    assertThat(node.check(person, now.get(0))).isEqualTo(SecondFactors.Check.RECOVERY_CODE);
  }

  @Test
  void nothingReadableIsStored() {
    String secret = begun();
    List<String> codes = confirmed(secret);

    String rows =
        String.join(
            "\n",
            jdbc.sql(
                    """
                    SELECT f::text || encode(f.totp_secret, 'escape') FROM second_factor f
                    WHERE person_id = :id
                    UNION ALL SELECT r::text FROM recovery_code r WHERE person_id = :id
                    """)
                .param("id", person)
                .query(String.class)
                .list());
    byte[] sealed = sealed();

    assertThat(rows).isNotBlank().doesNotContain(secret).doesNotContain(codes);
    assertThat(seal.open(person, SecondFactors.FIELD, sealed)).isEqualTo(secret);
    assertThatThrownBy(() -> seal.open(UUID.randomUUID(), SecondFactors.FIELD, sealed))
        .hasMessageNotContaining(secret);
    assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain(secret);
  }

  @Test
  void resealingReplacesTheSecretThatItOpenedAndNoOther() {
    String secret = enrolled();
    byte[] before = sealed();

    int replaced = reseal(before, seal.seal(person, SecondFactors.FIELD, secret));
    int late = reseal(before, seal.seal(person, SecondFactors.FIELD, "another"));

    assertThat(replaced).isEqualTo(1);
    assertThat(late).isZero();
    assertThat(node.check(person, code(secret, 0))).isEqualTo(SecondFactors.Check.TOTP);
  }

  private int reseal(byte[] before, byte[] fresh) {
    return jdbc.sql(SecondFactors.RESEAL)
        .param("owner", person)
        .param("sealed", before)
        .param("fresh", fresh)
        .update();
  }

  @Test
  void secretIsShownAndConfirmedOnlyWhereItWasBegun() {
    String secret = begun();

    assertThat(node.begun(person, "another session")).isEmpty();
    assertThat(node.confirm(person, "another session", code(secret, 0))).isEmpty();
    assertThat(node.begun(person, PLACE)).hasValue(secret);
    String other = node.begin(person, "another session").orElseThrow();
    assertThat(node.begun(person, PLACE)).isEmpty();
    assertThat(node.confirm(person, PLACE, code(other, 0))).isEmpty();
  }

  @Test
  void secretIsShownAndConfirmedForTenMinutes() {
    String secret = begun();
    update("begun_at = begun_at - interval '10 minutes'");

    assertThat(node.begun(person, PLACE)).isEmpty();
    assertThat(node.confirm(person, PLACE, code(secret, 0))).isEmpty();
    assertThat(node.confirm(person, PLACE, code(begun(), 0))).isPresent();
  }

  @Test
  void nothingIsConfirmedOnceItsLoginHasEnded() {
    String secret = begun();

    assertThat(node.confirm(person, PLACE, code(secret, 0), () -> false)).isEmpty();
    assertThat(node.state(person)).isEqualTo(new SecondFactors.State(false, 0, 0));
  }

  @Test
  void unconfirmedAppIsNotASecondFactor() {
    String secret = begun();

    assertThat(node.check(person, code(secret, 0))).isEqualTo(SecondFactors.Check.WRONG);
    assertThat(node.state(person).totp()).isFalse();
    assertThat(get(ADMIN_KEY, "/people/" + person).text("/secondFactor")).isEqualTo("none");
  }

  @Test
  void confirmedAppIsNotReplacedByANewOne() {
    String secret = enrolled();

    assertThat(node.begin(person, PLACE)).isEmpty();
    assertThat(node.check(person, code(secret, 0))).isEqualTo(SecondFactors.Check.TOTP);
  }

  @Test
  void codeThatConfirmedTheAppIsUsed() {
    String secret = begun();
    String code = code(secret, 0);
    assertThat(node.confirm(person, PLACE, code)).isPresent();

    assertThat(node.check(person, code)).isEqualTo(SecondFactors.Check.WRONG);
  }

  @Test
  void removedAppLeavesNoRecoveryCodes() {
    enrolled();

    node.removeTotp(person);

    assertThat(node.state(person)).isEqualTo(new SecondFactors.State(false, 0, 0));
    assertThat(get(ADMIN_KEY, "/people/" + person).text("/secondFactor")).isEqualTo("none");
    assertThat(audited()).contains("person.second_factor_removed");
  }

  private String begun() {
    return node.begin(person, PLACE).orElseThrow();
  }

  private List<String> confirmed(String secret) {
    return node.confirm(person, PLACE, code(secret, 0)).orElseThrow();
  }

  /** The secret of an app none of whose codes is used. */
  private String enrolled() {
    String secret = begun();
    confirmed(secret);
    forgetUsedCodes();
    return secret;
  }

  private void update(String change) {
    jdbc.sql("UPDATE second_factor SET " + change + " WHERE person_id = :id")
        .param("id", person)
        .update();
  }

  private byte[] sealed() {
    return jdbc.sql("SELECT totp_secret FROM second_factor WHERE person_id = :id")
        .param("id", person)
        .query(byte[].class)
        .single();
  }

  /** A code that is not right within the next minutes. */
  private String wrong(String secret) {
    List<String> near = new ArrayList<>();
    for (int later = -3; later < 20; later++) {
      near.add(code(secret, later));
    }
    return near.contains("000000") ? "000001" : "000000";
  }

  /** Runs something on two nodes, in many threads at once. */
  private <T> List<T> together(int times, Function<SecondFactors, T> action) throws Exception {
    SecondFactors other =
        new SecondFactors(
            jdbc,
            seal,
            new PeopleSettings(12, Duration.ofDays(7), 500, SecondFactorMode.OPTIONAL),
            people,
            publisher);
    List<Callable<T>> calls = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      calls.add(
          i % 2 == 0
              ? () -> action.apply(node)
              : () -> Objects.requireNonNull(transactions.execute(status -> action.apply(other))));
    }
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> one : threads.invokeAll(calls)) {
        results.add(one.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }
}
