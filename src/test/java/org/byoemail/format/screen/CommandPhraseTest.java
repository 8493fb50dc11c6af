package org.byoemail.format.screen;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandPhraseTest {
  private static final String REGEX =
      "\\b(?:ignore|forget(?:ting)?|e-?mails?)\\b.{0,9}(?:now )?the (?:rules?|\\d{1,3}[a|b])x?";

  private static boolean finds(String text) {
    return CommandPhrase.of(REGEX).find(text, CommandPhrase.folded(text)) != null;
  }

  @Test
  void stemsAreWhatEachMatchHas() {
    assertThat(CommandPhrase.stems(REGEX))
        .containsExactly(List.of("ignore", "forget", "e"), List.of("the "));
    assertThat(CommandPhrase.stems("\\b(?:an?|the)\\b new instructions?"))
        .containsExactly(List.of("a", "the"), List.of(" new instruction"));
  }

  @Test
  void expressionsBeyondGroupsAndWordsHaveNone() {
    assertThat(CommandPhrase.stems("ignore|forget")).isEmpty();
    assertThat(CommandPhrase.stems("\\p{L}gnore")).isEmpty();
    assertThat(CommandPhrase.stems("[ab]c")).isEmpty();
  }

  /** Kelvin's K, the long s and the Turkish i are letters of these words to the expressions. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "IGNORE THE RULES",
        "forgetting the rule",
        "Emails: the 12|",
        "\u0131gnore the rule\u017f",
        "\u0130gnore the rules"
      })
  void findsWhateverTheExpressionMatches(String text) {
    assertThat(finds(text)).isTrue();
    assertThat(finds(text.replaceAll("(?i)the ", "a "))).isFalse();
  }

  @Test
  void foldedTextHasTheLengthOfTheText() {
    String text = "\u0130\u1E9E\uD83D\uDE00 STRASSE \uFB01";

    assertThat(CommandPhrase.folded(text)).hasSameSizeAs(text);
  }
}
