package org.byoemail.command.inspect;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;

/** Iterates over the mails of files, folders and mailboxes, reading one file at a time. */
final class MailFiles implements Iterator<InputMail> {
  private static final long MAX_SIZE = 512L << 20;

  private final InputStream in;

  /** The paths still to be read, in order. */
  private final Deque<Source> sources = new ArrayDeque<>();

  private final Deque<InputMail> mails = new ArrayDeque<>();

  private record Source(String name, boolean asked) {}

  MailFiles(List<String> files, InputStream in) {
    this.in = in;
    files.forEach(file -> sources.add(new Source(file, true)));
  }

  @Override
  public boolean hasNext() {
    while (mails.isEmpty() && !sources.isEmpty()) {
      open(sources.removeFirst());
    }
    return !mails.isEmpty();
  }

  @Override
  public InputMail next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return mails.removeFirst();
  }

  private void open(Source source) {
    String name = source.name();
    try {
      if (name.equals("-") && source.asked()) {
        add("-", in.readAllBytes());
        return;
      }
      Path path = Path.of(name);
      if (Files.isDirectory(path)) {
        openFolder(path);
      } else if (!Files.exists(path)) {
        mails.add(InputMail.unreadable(name, "no such file"));
      } else if (!Files.isRegularFile(path)) {
        mails.add(InputMail.unreadable(name, "neither a file nor a folder"));
      } else if (Files.size(path) > MAX_SIZE) {
        mails.add(InputMail.unreadable(name, "larger than 512 MB"));
      } else {
        add(name, Files.readAllBytes(path));
      }
    } catch (IOException | UncheckedIOException | InvalidPathException e) {
      mails.add(InputMail.unreadable(name, "cannot be read: " + e.getClass().getSimpleName()));
    }
  }

  /** Links to folders are not followed, so that cycles end. */
  private void openFolder(Path folder) throws IOException {
    List<String> names = new ArrayList<>();
    try (Stream<Path> entries = Files.list(folder)) {
      entries
          .filter(entry -> !Files.isSymbolicLink(entry) || Files.isRegularFile(entry))
          .sorted()
          .forEach(entry -> names.add(entry.toString()));
    }
    Collections.reverse(names);
    names.forEach(name -> sources.addFirst(new Source(name, false)));
  }

  private void add(String name, byte[] bytes) {
    if (bytes.length == 0) {
      mails.add(InputMail.unreadable(name, "empty"));
      return;
    }
    List<byte[]> found = Mbox.split(bytes);
    for (int i = 0; i < found.size(); i++) {
      mails.add(InputMail.of(i == 0 ? name : name + "#" + (i + 1), found.get(i)));
    }
  }
}
