package org.byoemail.format.report.notice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MtaSignaturesTest {
  @Test
  void signaturesAreReadInTheirOrder() throws IOException {
    List<MtaSignature> signatures =
        parse(
            """
            # A comment.
            [first-server]
            text: was not delivered: no
            text: "gave up on "
            subject: re: "mail"
            header: X-Failed
            returned-message: # original

            [second]
              from:  ""postmaster""
            recipient-label: sent to
            """);

    assertThat(signatures)
        .containsExactly(
            new MtaSignature(
                "first-server",
                List.of("was not delivered: no", "gave up on "),
                List.of("re: \"mail\""),
                List.of(),
                List.of("X-Failed"),
                List.of(),
                List.of("# original")),
            new MtaSignature(
                "second",
                List.of(),
                List.of(),
                List.of("\"postmaster\""),
                List.of(),
                List.of("sent to"),
                List.of()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          text: early                     | 1 | a phrase above the first [name]
          [a];text: b;texts: c            | 3 | unknown key 'texts'
          [a];Text: b                     | 2 | unknown key 'Text'
          [a];# c;;text:                  | 4 | an empty phrase
          [a];text: " "                   | 2 | an empty phrase
          [a];text: ""                    | 2 | an empty phrase
          [a];text: B                     | 2 | a phrase that is not in lower case
          [a];text b                      | 2 | neither [name] nor key: phrase
          [a b];text: b                   | 1 | a malformed [name]
          [a;text: b                      | 1 | a malformed [name]
          [a];text: b;[a];text: c         | 3 | a duplicate name
          [unknown-server];text: b        | 1 | a duplicate name
          [a];text: b;[c];[d];text: e     | 3 | a signature without text, subject, from or header matches all mail
          [a];returned-message: b         | 1 | a signature without text, subject, from or header matches all mail
          """)
  void malformedSignatureIsNamedByFileAndLine(String lines, int number, String why) {
    assertThatThrownBy(() -> parse(lines.replace(';', '\n')))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("bounce/test.txt:" + number + ": " + why);
  }

  @Test
  void blanksAtTheEndsOfQuotedPhrasesAreKept() {
    assertThat(MtaSignatures.ALL)
        .filteredOn(signature -> signature.name().equals("qmail"))
        .singleElement()
        .satisfies(qmail -> assertThat(qmail.text()).contains("giving up on "));
  }

  private static List<MtaSignature> parse(String text) throws IOException {
    return MtaSignatures.parse(
        WordLists.lines("test.txt", new BufferedReader(new StringReader(text))));
  }
}
