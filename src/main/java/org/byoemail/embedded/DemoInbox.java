package org.byoemail.embedded;

import com.icegreen.greenmail.store.FolderListener;
import com.icegreen.greenmail.store.MailFolder;
import com.icegreen.greenmail.store.StoredMessage;
import jakarta.mail.Flags;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the INBOX of a demo user over restarts, with the UIDs and the UIDVALIDITY (RFC 9051 section
 * 2.3.1.1) that its watchers have seen; GreenMail itself keeps mail in memory only. What is in
 * INBOX is on disk before its delivery is acknowledged. Flags, other folders and deletions are not
 * kept: a mail that was moved or expunged is back, under its old UID, after a restart.
 */
final class DemoInbox implements FolderListener {
  private static final String SUFFIX = ".eml";

  /** More UIDs than a client can have seen before a killed process had written them. */
  private static final int UIDS_SKIPPED_AT_START = 100;

  private final Path folder;
  private final MailFolder inbox;
  private final Clock clock;
  private final Set<Long> kept = new HashSet<>();

  private DemoInbox(Path folder, MailFolder inbox, Clock clock) {
    this.folder = folder;
    this.inbox = inbox;
    this.clock = clock;
  }

  /** Fills the inbox from the folder, and from now on the folder from the inbox. */
  static void keep(MailFolder inbox, Path folder, Clock clock) {
    try {
      PrivateFiles.folder(folder);
      DemoInbox keeper = new DemoInbox(folder, inbox, clock);
      keeper.restore();
      // Registered first: clients are notified once the mail is on disk.
      inbox.addListener(keeper);
    } catch (IOException | MessagingException | ReflectiveOperationException e) {
      throw new EmbeddedPartFailed(
          "The demo mailbox in " + folder + " cannot be restored: " + e.getMessage() + ".",
          "Move it away to start with an empty one, or set byo.demo.enabled=false.",
          e);
    }
  }

  @Override
  public synchronized void added(int msn) {
    for (StoredMessage message : inbox.getMessages()) {
      if (kept.add(message.getUid())) {
        write(message);
      }
    }
  }

  @Override
  public void expunged(int msn) {
    // Kept nonetheless, see above.
  }

  @Override
  public void flagsUpdated(int msn, Flags flags, @Nullable Long uid) {
    // Not kept, see above.
  }

  @Override
  public void mailboxDeleted() {
    // INBOX cannot be deleted.
  }

  private void restore() throws IOException, MessagingException, ReflectiveOperationException {
    set("uidValidity", uidValidity());
    AtomicLong nextUid = (AtomicLong) field("nextUid").get(inbox);
    for (long uid : uids()) {
      nextUid.set(uid);
      Path file = file(uid);
      try (InputStream in = Files.newInputStream(file)) {
        MimeMessage mail = new MimeMessage((Session) null, in);
        inbox.appendMessage(
            mail, new Flags(), Date.from(Files.getLastModifiedTime(file).toInstant()));
      }
      kept.add(uid);
    }
    if (!kept.isEmpty()) {
      nextUid.addAndGet(UIDS_SKIPPED_AT_START);
    }
  }

  private long uidValidity() throws IOException {
    Path file = folder.resolve("UIDVALIDITY");
    if (!Files.exists(file)) {
      PrivateFiles.write(file, clock.instant().getEpochSecond() + "\n");
    }
    try {
      return Long.parseLong(Files.readString(file).strip());
    } catch (NumberFormatException e) {
      throw new IOException(file + " holds no number", e);
    }
  }

  private List<Long> uids() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches("\\d+" + SUFFIX))
          .map(name -> Long.valueOf(name.substring(0, name.length() - SUFFIX.length())))
          .sorted()
          .toList();
    }
  }

  private void write(StoredMessage message) {
    Path file = file(message.getUid());
    try {
      ByteArrayOutputStream raw = new ByteArrayOutputStream();
      message.getMimeMessage().writeTo(raw);
      PrivateFiles.write(file, raw.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    } catch (MessagingException e) {
      throw new IllegalStateException("cannot write " + file, e);
    }
  }

  private Path file(long uid) {
    return folder.resolve(uid + SUFFIX);
  }

  // GreenMail offers no way to set these two, and takes UIDVALIDITY from the clock: after each
  // restart every client would have to think that all mail is other mail.
  private void set(String name, long value) throws ReflectiveOperationException {
    field(name).set(inbox, value);
  }

  private Field field(String name) throws ReflectiveOperationException {
    Field field = inbox.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }
}
