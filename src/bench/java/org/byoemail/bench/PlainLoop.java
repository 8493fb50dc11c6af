package org.byoemail.bench;

import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.internet.MimeMessage;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.byoemail.support.MailUser;

/** How mail is read without a gateway: a loop and a thread a mailbox. */
final class PlainLoop {
  private final int port;
  private final DataSource database;

  PlainLoop(int port, DataSource database) throws Exception {
    this.port = port;
    this.database = database;
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE plain_mail (mailbox text, uid bigint, sender text, subject text, body text,"
              + " PRIMARY KEY (mailbox, uid))");
    }
  }

  /** Fetches, parses and commits one row a mail; how many seconds it took. */
  double run(List<MailUser> users, int fromNumber) throws Exception {
    return seconds(users, user -> () -> read(user, fromNumber));
  }

  /** Fetches and keeps nothing; how many seconds it took. */
  double discard(List<MailUser> users, int fromNumber) throws Exception {
    return seconds(users, user -> () -> drain(user, fromNumber));
  }

  private interface Work {
    Callable<Void> of(MailUser user);
  }

  private static double seconds(List<MailUser> users, Work work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(users.size());
    try {
      long start = System.nanoTime();
      List<Future<Void>> running = new ArrayList<>();
      for (MailUser user : users) {
        running.add(threads.submit(work.of(user)));
      }
      for (Future<Void> one : running) {
        one.get();
      }
      return (System.nanoTime() - start) / 1e9;
    } finally {
      threads.shutdownNow();
    }
  }

  private Void read(MailUser user, int fromNumber) throws Exception {
    Properties properties = new Properties();
    properties.put("mail.imap.peek", "true");
    properties.put("mail.imap.partialfetch", "false");
    Session session = Session.getInstance(properties);
    try (Store store = session.getStore("imap");
        Connection connection = database.getConnection();
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO plain_mail VALUES (?, ?, ?, ?, ?)")) {
      connection.setAutoCommit(false);
      store.connect("127.0.0.1", port, user.address(), user.password());
      try (Folder folder = store.getFolder("INBOX")) {
        folder.open(Folder.READ_ONLY);
        for (int number = fromNumber; number <= folder.getMessageCount(); number++) {
          Message message = folder.getMessage(number);
          ByteArrayOutputStream raw = new ByteArrayOutputStream();
          message.writeTo(raw);
          MimeMessage mail = new MimeMessage(session, new ByteArrayInputStream(raw.toByteArray()));
          insert.setString(1, user.address());
          insert.setLong(2, number);
          insert.setString(3, String.valueOf(mail.getFrom()[0]));
          insert.setString(4, mail.getSubject());
          insert.setString(5, (String) mail.getContent());
          insert.executeUpdate();
          connection.commit();
        }
      }
    }
    return null;
  }

  private Void drain(MailUser user, int fromNumber) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      OutputStream out = socket.getOutputStream();
      String commands =
          "a LOGIN %s %s\r\nb EXAMINE INBOX\r\nc UID FETCH %d:* (UID BODY.PEEK[])\r\nd LOGOUT\r\n"
              .formatted(user.address(), user.password(), fromNumber);
      out.write(commands.getBytes(StandardCharsets.US_ASCII));
      out.flush();
      try (InputStream in = new BufferedInputStream(socket.getInputStream(), 1 << 16)) {
        in.transferTo(OutputStream.nullOutputStream());
      }
    }
    return null;
  }
}
