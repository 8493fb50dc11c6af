package org.byoemail.account.alias;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.byoemail.account.alias.CatchAllRule.Pattern;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EndpointId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CatchAllRuleTest {
  private static final List<CatchAllRule> RULES =
      Stream.of("support", "support+vip", "support+v*", "supp*", "sales-*", "sales-de", "*")
          .map(text -> Pattern.parse(text, "acme.test"))
          .map(
              pattern ->
                  new CatchAllRule(
                      pattern.literal(), pattern.prefix(), AgentId.next(), EndpointId.next()))
          .toList();

  @ParameterizedTest
  @CsvSource({
    "support, support",
    "support+anything, support",
    "support+vip, support+vip",
    "support+vip+more, support+vip",
    "support+very, support+v*",
    "supply, supp*",
    "supportive, supp*",
    "sales-de, sales-de",
    "sales-at, sales-*",
    "sales, *",
    "xyz, *"
  })
  void ruleThatSaysMostOfAnAddressHoldsIt(String local, String expected) {
    assertThat(CatchAllRule.of(RULES, local))
        .map(CatchAllRule::pattern)
        .map(Pattern::toString)
        .contains(expected);
  }

  @ParameterizedTest
  @CsvSource({"Support, support", "'  sales-* ', sales-*", "a.*, a.*", "*, *", "Ünal, ünal"})
  void patternIsReadInTheFormThatAddressesAreComparedIn(String text, String pattern) {
    assertThat(Pattern.parse(text, "acme.test")).hasToString(pattern);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a*b", "**", "a@acme.test", "a b", "\"a b\"", ".a", "a..b"})
  void whatIsNoPatternIsRefused(String text) {
    assertThatThrownBy(() -> Pattern.parse(text, "acme.test"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
