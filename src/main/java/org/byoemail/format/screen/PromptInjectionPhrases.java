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
final class PromptInjectionPhrases {
  private static final int MAX_LENGTH = 64 << 10;
  private static final Pattern BLANKS = Pattern.compile("\\s+");
  private static final List<CommandPhrase> PHRASES = phrases();

  private PromptInjectionPhrases() {}

  private static List<CommandPhrase> phrases() {
    try (InputStream in =
            Objects.requireNonNull(
                PromptInjectionPhrases.class.getResourceAsStream("/screen/instructions.txt"));
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return lines
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(CommandPhrase::of)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("the phrases cannot be read", e);
    }
  }

  /** The matching phrase with some context. */
  static Optional<String> in(String text) {
    if (text.isBlank()) {
      return Optional.empty();
    }
    String start = text.substring(0, Math.min(text.length(), MAX_LENGTH));
    String read = BLANKS.matcher(start).replaceAll(" ");
    String folded = CommandPhrase.folded(read);
    for (CommandPhrase phrase : PHRASES) {
      Matcher found = phrase.find(read, folded);
      if (found != null) {
        int from = Math.max(0, found.start() - 40);
        return Optional.of(read.substring(from, Math.min(read.length(), found.end() + 60)));
      }
    }
    return Optional.empty();
  }
}
