package org.byoemail.platform.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SearchQueryTest {

  @Test
  void operatorsAreToldFromWords() {
    SearchQuery query =
        SearchQuery.read(
            "invoice \"last year\" -draft From:ada@Example.test -to:\"Ben Smith\" has:attachment"
                + " after:2026-01-01 before:2026-11-24T09:00:00Z http://a.test/x");

    assertThat(query.text()).isEqualTo("invoice \"last year\" http://a.test/x");
    assertThat(query.without()).isEqualTo("draft");
    assertThat(query.operators())
        .containsExactly("'=f:ada@example.test'", "!('=t:ben' & '=t:smith')", "'=h:attachment'");
    assertThat(query.after()).isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
    assertThat(query.before()).isEqualTo(Instant.parse("2026-11-24T09:00:00Z"));
  }

  @Test
  void quotesInValuesStayInTheLexeme() {
    assertThat(SearchQuery.read("from:o'neil@a.test\\").operators())
        .containsExactly("'=f:o''neil@a.test\\\\'");
  }

  @ParameterizedTest
  @CsvSource({
    "'   ', nothing to search for",
    "from:, from: needs a value",
    "has:link, has:attachment only",
    "before:yesterday, before: needs a date",
    "after:+99999-01-01, after: needs a date",
    "agent:ada, agent: needs the id"
  })
  void whatCannotBeSearchedForIsNamed(String query, String reason) {
    assertThatThrownBy(() -> SearchQuery.read(query))
        .isInstanceOf(SearchRefused.class)
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @ValueSource(ints = {10_240, 1_001})
  void longQueriesAreRefused(int length) {
    assertThatThrownBy(() -> SearchQuery.read("x".repeat(length)))
        .isInstanceOf(SearchRefused.class)
        .hasMessageContaining("longer than");
    assertThatThrownBy(() -> SearchQuery.read("a ".repeat(51)))
        .isInstanceOf(SearchRefused.class)
        .hasMessageContaining("more than 50 words");
  }
}
