package org.byoemail.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Postfix's smtp-sink: takes every mail, and writes it down, so that each can be counted. */
public final class SmtpSink extends ServiceProcess {
  /** Where a mail begins in what it writes. */
  private static final String BEGIN = "X-Client-Addr: ";

  private final List<String> options;
  private final Map<Path, Known> known = new ConcurrentHashMap<>();

  /** What a file of that size holds. */
  private record Known(long size, List<Arrived> mails) {}

  /**
   * A mail that arrived.
   *
   * @param header its fields, the first of each name
   * @param lines all that the sink wrote down, its own fields first
   */
  public record Arrived(Map<String, String> header, List<String> lines) {
    public String field(String name) {
      return header.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }

    /** The lines of the mail as the client sent them. */
    public Stream<String> mail() {
      return lines.stream().dropWhile(Arrived::isOfTheSink);
    }

    private static boolean isOfTheSink(String line) {
      return line.startsWith("X-")
          || line.startsWith("Received: ")
          || line.startsWith("\t")
          || line.startsWith(" ");
    }
  }

  /**
   * Starts it.
   *
   * @param options of smtp-sink, such as {@code -w 2}
   */
  public SmtpSink(Path dir, String... options) {
    super("smtp-sink", dir);
    this.options = List.of(options);
    start();
  }

  @Override
  List<String> command() throws IOException {
    Path dir = Files.createDirectories(dir());
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxrwxrwx"));
    for (Path above = dir.getParent(); isOurs(above); above = above.getParent()) {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(above);
      if (permissions.add(PosixFilePermission.OTHERS_EXECUTE)) {
        Files.setPosixFilePermissions(above, permissions);
      }
    }
    List<String> command =
        new ArrayList<>(List.of("/usr/sbin/smtp-sink", "-u", "nobody", "-R", dir.toString()));
    command.addAll(List.of("-D", "mails.%d%H%M%S"));
    command.addAll(options);
    command.addAll(List.of("-m", "1000", "127.0.0.1:" + port(), "1000"));
    return command;
  }

  /** What has arrived, those whose transaction was cut short included. */
  public List<Arrived> arrived() {
    List<Arrived> arrived = new ArrayList<>();
    forEachFile(file -> arrived.addAll(mailsOf(file)));
    return arrived;
  }

  /** Tests ask many times a second: what has not grown is not read again. */
  private List<Arrived> mailsOf(Path file) throws IOException {
    long size = Files.size(file);
    Known before = known.get(file);
    if (before != null && before.size() == size) {
      return before.mails();
    }
    List<Arrived> mails = new ArrayList<>();
    read(file, mails::add);
    known.put(file, new Known(size, List.copyOf(mails)));
    return mails;
  }

  /** One mail at a time, since benches send more than fits into the heap. */
  private void forEach(Consumer<Arrived> reader) {
    forEachFile(file -> read(file, reader));
  }

  private void forEachFile(FileReader reader) {
    try (Stream<Path> files = Files.list(dir())) {
      for (Path file : files.filter(f -> f.getFileName().toString().startsWith("mails")).toList()) {
        try {
          reader.read(file);
        } catch (NoSuchFileException e) {
          // The sink removes the file of a client that leaves without a mail.
          continue;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private interface FileReader {
    void read(Path file) throws IOException;
  }

  private static void read(Path file, Consumer<Arrived> reader) throws IOException {
    try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
      read(lines.iterator(), reader);
    }
  }

  private static void read(Iterator<String> lines, Consumer<Arrived> reader) {
    Arrived mail = null;
    boolean inHeader = false;
    while (lines.hasNext()) {
      String line = lines.next();
      if (line.startsWith(BEGIN)) {
        if (mail != null) {
          reader.accept(mail);
        }
        mail = new Arrived(new HashMap<>(), new ArrayList<>());
        inHeader = true;
      }
      if (mail == null) {
        continue;
      }
      mail.lines().add(line);
      if (line.isEmpty()) {
        inHeader = false;
      } else if (inHeader && line.indexOf(':') > 0 && !Character.isWhitespace(line.charAt(0))) {
        int colon = line.indexOf(':');
        mail.header()
            .putIfAbsent(
                line.substring(0, colon).toLowerCase(Locale.ROOT),
                line.substring(colon + 1).strip());
      }
    }
    if (mail != null) {
      reader.accept(mail);
    }
  }

  /** Fails unless each of so many, of those whose subject begins so, has arrived exactly once. */
  public void requireEachOnce(String prefix, int count) {
    List<String> subjects = new ArrayList<>();
    forEach(
        mail -> {
          if (mail.field("Subject").startsWith(prefix)) {
            subjects.add(mail.field("Subject"));
          }
        });
    long different = subjects.stream().distinct().count();
    if (different != count || subjects.size() != count) {
      throw new IllegalStateException(
          "of %d mails '%s...' %d arrived, %d times in all"
              .formatted(count, prefix, different, subjects.size()));
    }
  }

  private static boolean isOurs(Path dir) throws IOException {
    return dir.getNameCount() > 1
        && Files.getOwner(dir).getName().equals(System.getProperty("user.name"));
  }
}
