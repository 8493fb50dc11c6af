package org.byoemail.format.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrganizationIdTest {

  @ParameterizedTest
  @ValueSource(strings = {"acme", "Müller & Söhne", "a/b", "*", "社"})
  void nameIsReadAsItIs(String name) {
    assertThat(OrganizationId.parse(name)).hasToString(name);
  }

  @Test
  void longestNameIsRead() {
    String name = "x".repeat(OrganizationId.MAX_LENGTH);

    assertThat(OrganizationId.parse(name).value()).isEqualTo(name);
    assertThatIllegalArgumentException().isThrownBy(() -> OrganizationId.parse(name + "x"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", " acme", "acme ", "a\nb", "a\u0000b", "a\u2028b", "a\uD800b"})
  void textThatIsNoNameIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OrganizationId.parse(text))
        .withMessageStartingWith("must ");
  }

  /** A stored name may be older than the rule. */
  @ParameterizedTest
  @ValueSource(strings = {" acme ", "a\nb"})
  void storedNameIsKept(String stored) {
    assertThat(new OrganizationId(stored).value()).isEqualTo(stored);
  }

  @Test
  void absentOneStaysAbsent() {
    assertThat(OrganizationId.ofNullable(null)).isNull();
    assertThat(OrganizationId.valueOrNull(null)).isNull();
    assertThat(OrganizationId.valueOrNull(OrganizationId.ofNullable("acme"))).isEqualTo("acme");
  }

  @Test
  void operatorIsOfNoOrganization() {
    assertThat(OrganizationId.OPERATOR.isOperator()).isTrue();
    assertThat(new OrganizationId("acme").isOperator()).isFalse();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OrganizationId.parse(OrganizationId.OPERATOR.value()));
  }
}
