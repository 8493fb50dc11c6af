package org.byoemail.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.byoemail.support.DovecotServer;
import org.byoemail.support.MailUser;

/**
 * Raw clients, one a mailbox, that wait by IDLE and note when the server tells of each mail. Mail
 * comes to one mailbox after another, so that its number follows from the count the server tells.
 */
final class PushNotices implements AutoCloseable {
  private static final Pattern EXISTS = Pattern.compile("\\* (\\d+) EXISTS\\s*");

  private final List<RawImapClient> clients = new ArrayList<>();
  private final AtomicLongArray nanos;
  private volatile boolean closed;

  PushNotices(DovecotServer dovecot, List<MailUser> users, int mails) throws IOException {
    nanos = new AtomicLongArray(mails);
    for (int i = 0; i < users.size(); i++) {
      int first = i;
      RawImapClient client = new RawImapClient(dovecot.imapPort(), users.get(i));
      clients.add(client);
      Thread thread = new Thread(() -> listen(client, first, users.size()), "raw-idle-" + i);
      thread.setDaemon(true);
      thread.start();
    }
  }

  private void listen(RawImapClient client, int first, int step) {
    try {
      client.idle(
          line -> {
            long now = System.nanoTime();
            Matcher exists = EXISTS.matcher(line);
            if (exists.matches()) {
              int count = Integer.parseInt(exists.group(1));
              for (int mail = first, n = 0; n < count; mail += step, n++) {
                nanos.compareAndSet(mail, 0, now);
              }
            }
          });
    } catch (IOException e) {
      if (!closed) {
        System.err.println("A raw client is no longer told of mail: " + e);
      }
    }
  }

  /** Of how many mails the server has told. */
  long heard() {
    return Arrays.stream(nanos()).filter(time -> time != 0).count();
  }

  /** When it told of each, by {@link System#nanoTime}; 0 where it has not yet. */
  long[] nanos() {
    return IntStream.range(0, nanos.length()).mapToLong(nanos::get).toArray();
  }

  @Override
  public void close() throws IOException {
    closed = true;
    for (RawImapClient client : clients) {
      client.close();
    }
  }
}
