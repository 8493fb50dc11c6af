package org.byoemail.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretSearchTest {
  private static final String SECRET = "k\u00fc/~?>secret ";

  private final SecretSearch search = new SecretSearch();

  @BeforeEach
  void add() {
    search.add("one", SECRET);
    search.add("other", "something else");
  }

  @Test
  void secretIsFoundAsItIsPercentEncodedAndInHexadecimalDigits() {
    byte[] bytes = SECRET.getBytes(StandardCharsets.UTF_8);

    assertThat(search.in("a" + SECRET + "b")).containsExactly("one");
    assertThat(search.in("p=k%C3%BC%2F%7E%3F%3Esecret+&q")).containsExactly("one");
    assertThat(search.in("\\x" + HexFormat.of().formatHex(bytes))).containsExactly("one");
    assertThat(search.in(HexFormat.of().withUpperCase().formatHex(bytes))).containsExactly("one");
    assertThat(search.in("nothing of a secret")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "ab", "abc", "\0user\0", "user=ada\1auth=Bearer "})
  void secretIsFoundInBase64WhateverIsBeforeAndBehindIt(String before) {
    for (String behind : new String[] {"", "x", "xy", "\1\1"}) {
      byte[] bytes = (before + SECRET + behind).getBytes(StandardCharsets.UTF_8);

      assertThat(search.in(Base64.getEncoder().encodeToString(bytes))).containsExactly("one");
      assertThat(search.in(Base64.getUrlEncoder().encodeToString(bytes))).containsExactly("one");
    }
  }
}
