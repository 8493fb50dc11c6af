package org.byoemail.format.mail;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** Lists that are shipped as resources. */
final class Resource {
  private Resource() {}

  /** The lines of a list, without comments. */
  static List<String> lines(String name) {
    InputStream in = Objects.requireNonNull(Resource.class.getResourceAsStream("/mail/" + name));
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return lines.lines().filter(line -> !line.startsWith("#")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("the list " + name + " cannot be read", e);
    }
  }
}
