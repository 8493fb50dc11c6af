package org.byoemail.account.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class KeysetCheckTest extends WebTest {
  @Autowired private Secrets secrets;

  @BeforeEach
  void storedPassword() {
    account(fresh("ours"), fresh("ada") + "@example.test");
  }

  @Test
  void keysetThatSealedThePasswordsIsFine() {
    assertThatCode(() -> new KeysetCheck(jdbc, secrets).afterPropertiesSet())
        .doesNotThrowAnyException();
  }

  @Test
  void anotherKeysetStopsTheStart() {
    KeysetCheck.WrongKeyset refused =
        catchThrowableOfType(
            KeysetCheck.WrongKeyset.class,
            () -> new KeysetCheck(jdbc, AccountFixtures.secrets()).afterPropertiesSet());

    assertThat(refused).hasMessageContaining("BYO_SECRET_KEYSET");
    assertThat(refused.remedy()).contains("the keyset of the others");
  }
}
