package org.byoemail.support;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * An SMTP server on loopback that does as it is told: it accepts everything, except where {@link
 * #answer} says otherwise, and remembers what it was told. Closed by its test.
 */
public final class ScriptedSmtpServer implements AutoCloseable {
  /** Closes the connection instead of answering. */
  public static final String CUT = "CUT";

  /** Answers nothing, and keeps the connection open. */
  public static final String SILENCE = "SILENCE";

  /** Breaks the connection off (RST) instead of answering. */
  public static final String RESET = "RESET";

  /** What {@link #answer} calls the middle of a mail; only {@link #CUT}, RESET and SILENCE. */
  public static final String IN_DATA = "IN DATA";

  /** What {@link #answer} calls the end of a mail. */
  public static final String END_OF_DATA = "END OF DATA";

  /** What {@link #answer} calls the beginning of a connection. */
  public static final String GREETING = "GREETING";

  /** Says that the mail is taken once {@link #release} was called. */
  public static final String HELD = "HELD";

  private final CountDownLatch released = new CountDownLatch(1);
  private final ServerSocket server;
  private final Map<String, Deque<String>> answers = new ConcurrentHashMap<>();
  private final List<String> commands = new CopyOnWriteArrayList<>();
  private final List<String> mails = new CopyOnWriteArrayList<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile List<String> extensions = List.of();
  private volatile Duration pause = Duration.ZERO;
  private volatile int kept = Integer.MAX_VALUE;
  private volatile SSLContext tls;
  private volatile boolean tlsFromStart;

  public ScriptedSmtpServer() {
    try {
      // At every address of loopback.
      server = new ServerSocket(0, 500);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    daemon(this::accept, "scripted-smtp");
  }

  /** What EHLO offers. */
  public ScriptedSmtpServer offering(String... offered) {
    extensions = List.of(offered);
    return this;
  }

  /** Takes so long for each answer. */
  public ScriptedSmtpServer drip(Duration each) {
    pause = each;
    return this;
  }

  /** Of each mail only about so many characters, from its beginning, are kept. */
  public ScriptedSmtpServer keeping(int characters) {
    kept = characters;
    return this;
  }

  /** TLS from the start. */
  public ScriptedSmtpServer withTls(ServerCertificate certificate) {
    tls = certificate.serverContext();
    tlsFromStart = true;
    return this;
  }

  /** TLS after STARTTLS, which must be among what is offered. */
  public ScriptedSmtpServer withStartTls(ServerCertificate certificate) {
    tls = certificate.serverContext();
    return this;
  }

  /**
   * Answers to commands that begin so: one after the other, and the last one from then on.
   *
   * @param begin a command, {@link #GREETING} or {@link #END_OF_DATA}
   * @param replies whole replies, which may have several lines, {@link #CUT} or {@link #SILENCE}
   */
  public ScriptedSmtpServer answer(String begin, String... replies) {
    answers.put(begin, new ArrayDeque<>(List.of(replies)));
    return this;
  }

  public int port() {
    return server.getLocalPort();
  }

  /** All commands of all connections, in order. */
  public List<String> commands() {
    return List.copyOf(commands);
  }

  /** The commands that begin so. */
  public List<String> commands(String begin) {
    return commands.stream().filter(c -> c.startsWith(begin)).toList();
  }

  /** The mails whose end was seen, whatever was answered to it. */
  public List<String> mails() {
    return List.copyOf(mails);
  }

  /** How many connections were made. */
  public int connections() {
    return connections.get();
  }

  /** Gives all answers that were {@link #HELD}. */
  public void release() {
    released.countDown();
  }

  /** Closes what is open, as a server does that restarts. */
  public void dropConnections() {
    for (Socket socket : open) {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        connections.incrementAndGet();
        open.add(socket);
        daemon(() -> converse(socket), "scripted-smtp-connection");
      } catch (IOException e) {
        // Closed: the end of the test.
        return;
      }
    }
  }

  private void converse(Socket plain) {
    try (plain) {
      Socket socket = tlsFromStart ? secure(plain) : plain;
      BufferedReader in = reader(socket);
      boolean going = say(socket, reply(GREETING, "220 scripted.example.test ESMTP"));
      boolean sender = false;
      boolean recipient = false;
      while (going) {
        String line = in.readLine();
        if (line == null) {
          return;
        }
        commands.add(line);
        String verb = line.split(" ")[0].toUpperCase(java.util.Locale.ROOT);
        String reply = reply(line, usual(verb, sender, recipient));
        going = say(socket, reply);
        sender = verb.equals("MAIL") ? reply.startsWith("2") : sender && !verb.equals("RSET");
        recipient = sender && (recipient || verb.equals("RCPT") && reply.startsWith("2"));
        if (going && verb.equals("STARTTLS") && tls != null && socket == plain) {
          socket = secure(plain);
          in = reader(socket);
        } else if (going && verb.equals("DATA") && reply.startsWith("354")) {
          String within = reply(IN_DATA, "");
          going = within.isEmpty() ? readMail(in) : in.readLine() != null && say(socket, within);
          going = going && say(socket, reply(END_OF_DATA, "250 2.0.0 taken"));
        } else if (verb.equals("QUIT")) {
          return;
        }
      }
    } catch (IOException e) {
      commands.add("! " + e.getMessage());
    } finally {
      open.remove(plain);
    }
  }

  private String usual(String verb, boolean sender, boolean recipient) {
    return switch (verb) {
      case "EHLO" -> ehlo();
      case "STARTTLS" -> tls == null ? "502 5.5.1 not here" : "220 2.0.0 ready";
      case "AUTH" -> "235 2.7.0 welcome";
      case "RCPT" -> sender ? "250 2.1.5 fine" : "503 5.5.1 whose mail?";
      case "DATA" -> recipient ? "354 go ahead" : "503 5.5.1 to whom?";
      case "QUIT" -> "221 2.0.0 bye";
      default -> "250 2.1.0 fine";
    };
  }

  private String ehlo() {
    List<String> lines = new ArrayList<>(List.of("scripted.example.test"));
    lines.addAll(extensions);
    StringBuilder reply = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      reply
          .append(i == 0 ? "" : "\r\n")
          .append(i == lines.size() - 1 ? "250 " : "250-")
          .append(lines.get(i));
    }
    return reply.toString();
  }

  private String reply(String command, String usual) {
    for (Map.Entry<String, Deque<String>> scripted : answers.entrySet()) {
      if (command.startsWith(scripted.getKey())) {
        synchronized (scripted.getValue()) {
          Deque<String> replies = scripted.getValue();
          return replies.size() > 1 ? replies.pop() : replies.peek();
        }
      }
    }
    return usual;
  }

  private boolean say(Socket socket, String reply) throws IOException {
    if (reply.equals(SILENCE)) {
      await(closed);
      return false;
    }
    if (reply.equals(HELD)) {
      await(released);
      return say(socket, "250 2.0.0 taken");
    }
    if (reply.equals(RESET)) {
      socket.setSoLinger(true, 0);
      socket.close();
      return false;
    }
    if (reply.equals(CUT)) {
      return false;
    }
    try {
      if (closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        return false;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    OutputStream out = socket.getOutputStream();
    out.write((reply + "\r\n").getBytes(StandardCharsets.US_ASCII));
    out.flush();
    return true;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean readMail(BufferedReader in) throws IOException {
    StringBuilder mail = new StringBuilder();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.equals(".")) {
        mails.add(mail.toString());
        return true;
      }
      if (mail.length() < kept) {
        mail.append(line).append('\n');
      }
    }
    return false;
  }

  private SSLSocket secure(Socket socket) throws IOException {
    SSLSocket secured =
        (SSLSocket) tls.getSocketFactory().createSocket(socket, null, socket.getPort(), true);
    secured.setUseClientMode(false);
    secured.startHandshake();
    return secured;
  }

  private static BufferedReader reader(Socket socket) throws IOException {
    return new BufferedReader(
        new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
  }

  private static void daemon(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    closed.countDown();
    release();
    dropConnections();
  }
}
