package org.byoemail.command.inspect;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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
      BasicFileAttributes found = attributes(path, source.asked());
      boolean isLink = found != null && found.isSymbolicLink();
      if (isLink) {
        found = attributes(path, true);
      }
      if (isLink && (found == null || !found.isRegularFile())) {
        // Links to folders are not followed, so that cycles end.
        return;
      }
      if (found == null) {
        mails.add(InputMail.unreadable(name, "no such file"));
      } else if (found.isDirectory()) {
        openFolder(path);
      } else if (!found.isRegularFile()) {
        mails.add(InputMail.unreadable(name, "neither a file nor a folder"));
      } else if (found.size() > MAX_SIZE) {
        mails.add(InputMail.unreadable(name, "larger than 512 MB"));
      } else {
        add(name, Files.readAllBytes(path));
      }
    } catch (IOException | UncheckedIOException | InvalidPathException e) {
      mails.add(InputMail.unreadable(name, "cannot be read: " + e.getClass().getSimpleName()));
    }
  }

  /** Asks once for all: the system takes longer to answer than it takes to read a small mail. */
  private static @Nullable BasicFileAttributes attributes(Path path, boolean follow) {
    try {
      return follow
          ? Files.readAttributes(path, BasicFileAttributes.class)
          : Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      // Absent, or behind something that may not be read.
      return null;
    }
  }

  private void openFolder(Path folder) throws IOException {
    List<String> names = new ArrayList<>();
    try (Stream<Path> entries = Files.list(folder)) {
      entries.sorted().forEach(entry -> names.add(entry.toString()));
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
