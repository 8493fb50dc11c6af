package org.byoemail.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The JDKs of this machine. */
public final class Jdks {
  private static final Pattern VERSION = Pattern.compile("JAVA_VERSION=\"(\\d+)");

  private Jdks() {}

  /** One of at least that version: that of this JVM, of {@code BYO_TEST_JDK}, or beside it. */
  public static Optional<Path> from(int version) {
    Path own = Path.of(System.getProperty("java.home"));
    String named = System.getenv("BYO_TEST_JDK");
    return Stream.concat(
            named == null ? Stream.of(own) : Stream.of(own, Path.of(named)),
            List.of(own.getParent(), Path.of("/usr/lib/jvm")).stream().flatMap(Jdks::within))
        .filter(home -> version(home) >= version)
        .findFirst();
  }

  private static Stream<Path> within(Path folder) {
    if (!Files.isDirectory(folder)) {
      return Stream.empty();
    }
    try (Stream<Path> found = Files.list(folder)) {
      return found.sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int version(Path home) {
    try {
      Matcher matcher = VERSION.matcher(Files.readString(home.resolve("release")));
      return matcher.find() && Files.isExecutable(home.resolve("bin/java"))
          ? Integer.parseInt(matcher.group(1))
          : 0;
    } catch (IOException e) {
      return 0; // No JDK.
    }
  }
}
