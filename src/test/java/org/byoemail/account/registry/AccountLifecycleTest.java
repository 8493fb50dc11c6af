package org.byoemail.account.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;
import org.byoemail.account.registry.AccountLifecycle.Side;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every step from every state: whether it is allowed, and what is said where it is not. */
class AccountLifecycleTest {
  private static final AccountHealth WORKS = AccountHealth.unknown(Protocol.SMTP);
  private static final AccountHealth FAILS =
      new AccountHealth(Protocol.SMTP, null, "535 no", Instant.EPOCH, 1, null);

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void sideIsTestedOnceItHasSettings(Protocol protocol) {
    assertThat(allowed(protocol, false, life -> life.requireTest(protocol)))
        .isEqualTo(EnumSet.complementOf(EnumSet.of(Side.ABSENT)));
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void sideIsEnabledOnceItsTestHasPassed(Protocol protocol) {
    assertThat(allowed(protocol, false, life -> life.requireEnable(protocol)))
        .containsExactly(Side.TESTED, Side.ENABLED);
    assertThat(allowed(protocol, true, life -> life.requireEnable(protocol)))
        .containsExactly(Side.TESTED, Side.ENABLED);
  }

  @Test
  void onlyWhatReceivesIsPolled() {
    assertThat(allowed(Protocol.IMAP, false, AccountLifecycle::requirePoll))
        .containsExactly(Side.ENABLED);
    assertThat(allowed(Protocol.IMAP, true, AccountLifecycle::requirePoll)).isEmpty();
  }

  @Test
  void onlyWhatSendsSendsATestMail() {
    assertThat(allowed(Protocol.SMTP, false, AccountLifecycle::requireTestMail))
        .containsExactly(Side.ENABLED);
    assertThat(allowed(Protocol.SMTP, true, AccountLifecycle::requireTestMail)).isEmpty();
  }

  @Test
  void pausedAccountIsResumedAndNotPausedAgain() {
    AccountLifecycle used = new AccountLifecycle(Side.ENABLED, Side.ENABLED, false, false);
    AccountLifecycle paused = new AccountLifecycle(Side.ENABLED, Side.ENABLED, true, false);

    assertThatCode(used::requirePause).doesNotThrowAnyException();
    assertThatCode(() -> paused.requireResume(false)).doesNotThrowAnyException();
    assertThat(refused(paused, AccountLifecycle::requirePause).reason()).contains("paused already");
    assertThat(refused(used, life -> life.requireResume(false)).reason()).contains("not paused");
    assertThatCode(() -> used.requireResume(true)).doesNotThrowAnyException();
  }

  @Test
  void refusalNamesTheRemedy() {
    AccountLifecycle untested = new AccountLifecycle(Side.UNTESTED, Side.ABSENT, false, false);
    AccountLifecycle paused = new AccountLifecycle(Side.ENABLED, Side.TESTED, true, false);

    assertThat(refused(untested, life -> life.requireEnable(Protocol.SMTP)))
        .hasMessage("the SMTP settings have not passed their test: call test-smtp first");
    assertThat(refused(untested, life -> life.requireEnable(Protocol.IMAP)))
        .hasMessage("the account has no IMAP settings: set imap first, then call test-imap");
    assertThat(refused(paused, AccountLifecycle::requireTestMail).remedy())
        .isEqualTo("resume it first");
    assertThat(refused(paused, AccountLifecycle::requirePoll).remedy()).contains("inboundEnabled");
  }

  @Test
  void statusFollowsThePauseThenTheSidesThenTheirHealth() {
    assertThat(new AccountLifecycle(Side.ENABLED, Side.ENABLED, true, false).status(FAILS, FAILS))
        .isEqualTo(AccountStatus.PAUSED);
    assertThat(new AccountLifecycle(Side.TESTED, Side.UNTESTED, false, false).status(FAILS, FAILS))
        .isEqualTo(AccountStatus.DISABLED);
    assertThat(new AccountLifecycle(Side.ENABLED, Side.TESTED, false, false).status(WORKS, FAILS))
        .isEqualTo(AccountStatus.ACTIVE);
    assertThat(new AccountLifecycle(Side.ENABLED, Side.TESTED, false, false).status(FAILS, WORKS))
        .isEqualTo(AccountStatus.ERROR);
    assertThat(new AccountLifecycle(Side.ABSENT, Side.ENABLED, false, false).status(WORKS, FAILS))
        .isEqualTo(AccountStatus.ERROR);
  }

  @Test
  void accountThatNeedsConsentIsNotUsedUntilItsOwnerHasConsented() {
    AccountLifecycle life = new AccountLifecycle(Side.ENABLED, Side.ENABLED, false, true);

    assertThat(life.status(FAILS, FAILS)).isEqualTo(AccountStatus.NEEDS_REAUTHORIZATION);
    assertThat(refused(life, AccountLifecycle::requireTestMail).remedy()).contains("consent again");
    assertThat(refused(life, AccountLifecycle::requirePoll).remedy()).contains("consent again");
    assertThatCode(() -> life.requireTest(Protocol.SMTP)).doesNotThrowAnyException();
  }

  @Test
  void lifeIsReadFromTheAccount() {
    Account sending =
        AccountFixtures.sending("mail.example.test", 587, ServerSettings.Security.STARTTLS, "x");

    assertThat(sending.life())
        .isEqualTo(new AccountLifecycle(Side.ENABLED, Side.ABSENT, false, false));
  }

  private static Set<Side> allowed(
      Protocol protocol, boolean paused, Consumer<AccountLifecycle> step) {
    Set<Side> allowed = EnumSet.noneOf(Side.class);
    for (Side side : Side.values()) {
      boolean smtp = protocol == Protocol.SMTP;
      AccountLifecycle life =
          new AccountLifecycle(smtp ? side : Side.ABSENT, smtp ? Side.ABSENT : side, paused, false);
      try {
        step.accept(life);
        allowed.add(side);
      } catch (StepRefused e) {
        assertThat(e.remedy()).isNotBlank();
      }
    }
    return allowed;
  }

  private static StepRefused refused(AccountLifecycle life, Consumer<AccountLifecycle> step) {
    StepRefused refused = catchThrowableOfType(StepRefused.class, () -> step.accept(life));
    assertThat(refused).isNotNull();
    return refused;
  }
}
