package org.byoemail.format.screen;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Recognises instructions to a program by phrases. */
final class Instructions {
  private static final int MAX_LENGTH = 64 << 10;
  private static final List<Pattern> PHRASES = phrases();

  private Instructions() {}

  private static List<Pattern> phrases() {
    try (InputStream in =
            Objects.requireNonNull(
                Instructions.class.getResourceAsStream("/screen/instructions.txt"));
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return lines
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(line -> Pattern.compile(line, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("the phrases cannot be read", e);
    }
  }

  /** The matching phrase with some context. */
  static Optional<String> in(String text) {
    String read = text.substring(0, Math.min(text.length(), MAX_LENGTH)).replaceAll("\\s+", " ");
    for (Pattern phrase : PHRASES) {
      Matcher found = phrase.matcher(read);
      if (found.find()) {
        int start = Math.max(0, found.start() - 40);
        return Optional.of(read.substring(start, Math.min(read.length(), found.end() + 60)));
      }
    }
    return Optional.empty();
  }
}
